//! What a request brings besides its head.

mod body_error;
mod incoming;
mod watch;

pub use body_error::BodyError;
pub use incoming::Incoming;
pub(crate) use watch::{Account, Watch};
