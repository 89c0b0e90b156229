//! The HTTP crate through its public face, and through the bytes on its connections.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod answers;
mod bodies;
mod cancel;
mod cuts;
mod drain_stress;
mod ends;
mod floods;
mod frames;
mod framing;
mod handover;
mod http2;
mod logs;
mod long_poll;
mod raw;
#[cfg(feature = "tls")]
mod secured;
mod slow;
mod sse;
mod stage;
mod times;
#[cfg(feature = "websocket")]
mod websocket;
