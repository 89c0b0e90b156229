//! The accept loop.

mod accept;
mod digest;
mod error;

pub(crate) use accept::{Rules, accept};
pub use error::AcceptError;
