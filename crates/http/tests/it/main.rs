//! The HTTP crate through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod long_poll;
mod sse;
#[cfg(feature = "websocket")]
mod websocket;
