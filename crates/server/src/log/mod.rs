//! What is written to the log, and how often.

mod digest;
mod escaped;

pub(crate) use digest::{Digest, Summary};
pub use escaped::Escaped;
