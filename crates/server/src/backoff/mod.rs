//! How long to wait after a failure. No clock, no socket.

mod backoff;
mod jitter;

pub use backoff::Backoff;
