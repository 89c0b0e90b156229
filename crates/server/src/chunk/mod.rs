//! Bytes as they came, in buffers that are held only while there is something in them.

mod buffer;
mod chunk;

pub(crate) use buffer::Buffer;
pub use chunk::Chunk;
