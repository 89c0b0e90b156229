//! The HTTP crate through its public face, and through the bytes on its connections.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod framing;
mod raw;
mod stage;
mod times;
