//! The server crate through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

// The numbers of errors in their scripts are Unix's.
#[cfg(unix)]
mod accept;
#[cfg(unix)]
mod accept_faults;
#[cfg(unix)]
mod accept_log;
mod cancel;
mod chunks;
mod closing;
mod coalescing;
mod connecting;
mod counted;
mod datagram;
mod deadlines;
mod drain;
mod faulty;
#[cfg(unix)]
mod folder;
mod frames;
mod framing;
#[cfg(unix)]
mod handed_over;
mod handler;
mod limit;
mod lines;
mod memory;
mod pause;
mod pieces;
mod proxy;
mod relay;
mod scripted;
#[cfg(feature = "aws-lc-rs")]
mod secured;
#[cfg(all(unix, feature = "aws-lc-rs"))]
mod secured_faults;
mod send_sync;
#[cfg(unix)]
mod shed;
mod split;
mod stop;
mod tcp;
#[cfg(unix)]
mod unix;
