//! The accept loop.

mod accept;
mod error;

pub(crate) use accept::{Rules, accept};
pub use error::AcceptError;
