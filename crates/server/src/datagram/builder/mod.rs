//! Datagram servers before they run.

mod builder;
mod error;
mod session_server;
mod settings;

pub use builder::DatagramServer;
pub use error::{DatagramServeError, DatagramStartError};
pub use session_server::SessionServer;
