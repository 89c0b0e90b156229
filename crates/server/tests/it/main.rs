//! The server crate through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

// The numbers of errors in their scripts are Unix's.
#[cfg(unix)]
mod accept;
#[cfg(unix)]
mod accept_faults;
#[cfg(unix)]
mod accept_log;
mod closing;
mod connecting;
mod datagram;
mod drain;
#[cfg(unix)]
mod folder;
#[cfg(unix)]
mod handed_over;
mod handler;
mod limit;
mod lines;
mod memory;
mod pause;
mod proxy;
mod scripted;
#[cfg(feature = "aws-lc-rs")]
mod secured;
mod send_sync;
#[cfg(unix)]
mod shed;
mod stop;
mod tcp;
#[cfg(unix)]
mod unix;
