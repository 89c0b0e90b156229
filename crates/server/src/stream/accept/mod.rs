//! The accept loop.

mod accept;

pub(crate) use accept::{Rules, accept};
