//! The client's side: from an address to a stream.

mod client_stream;
mod connect;
mod error;
mod order;
mod race;
#[cfg(unix)]
mod unix;

pub use client_stream::ClientStream;
pub use connect::{Connect, connect};
pub use error::ConnectError;
