//! What an error of accept means. Errors in, verdict out; no socket.

mod errno;
mod judge;

pub(crate) use judge::{Judge, Verdict};
