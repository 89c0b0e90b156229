//! A server before it runs, and its start.

mod builder;
mod error;
mod settings;

pub use builder::StreamServer;
pub use error::{ServeError, StartError};
