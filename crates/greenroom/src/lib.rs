//! Greenroom: an async-first server toolkit on tokio.

pub use greenroom_core::*;
pub use greenroom_server::*;
