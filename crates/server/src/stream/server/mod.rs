//! A running server's handle.

mod server;

pub(crate) use server::Facts;
pub use server::ServerHandle;
