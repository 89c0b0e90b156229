//! The harnesses themselves: a harness that cannot fail proves nothing.

#![expect(clippy::unwrap_used, reason = "in a test, that is a way to fail")]

mod cancel;
mod doubles;
mod faulty_io;
mod log;
mod scripted;
