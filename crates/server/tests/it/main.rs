//! The server crate through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

// The numbers of errors in its scripts are Unix's.
#[cfg(unix)]
mod accept;
mod closing;
mod datagram;
mod handler;
mod lines;
mod scripted;
mod send_sync;
mod stop;
mod tcp;
