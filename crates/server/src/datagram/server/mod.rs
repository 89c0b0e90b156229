//! A running server's handle.

mod server;

pub use server::DatagramHandle;
pub(crate) use server::Facts;
