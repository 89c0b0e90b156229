//! The server crate through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod accept;
mod closing;
mod handler;
mod lines;
mod scripted;
mod stop;
mod tcp;
