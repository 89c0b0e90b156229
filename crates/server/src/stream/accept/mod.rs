//! The accept loop.

mod accept;
mod digest;

pub(crate) use accept::{Rules, accept};
