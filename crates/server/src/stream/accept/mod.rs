//! The accept loop.

mod accept;
mod digest;
mod error;

pub(super) use accept::{Rules, accept};
pub use error::AcceptError;
