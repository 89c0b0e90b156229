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
mod handler;
mod lines;
mod pause;
mod scripted;
mod send_sync;
#[cfg(unix)]
mod shed;
mod stop;
mod tcp;
