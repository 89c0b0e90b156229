//! What is written to the log, and how often.

mod digest;
mod escaped;

pub(crate) use digest::Digest;
pub(crate) use escaped::Escaped;
