//! What an error of accept means. Errors in, verdict out; no socket.

mod errno;
mod error;
mod judge;

pub use error::AcceptError;
pub(crate) use judge::{Judge, Verdict};
