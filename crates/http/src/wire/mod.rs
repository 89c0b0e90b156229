//! Between the engine and the connection.

mod frame_meter;
mod wire;

pub(crate) use wire::Wire;
