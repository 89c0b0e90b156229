//! The drain, over every transport and in every way it may go.
//!
//! `matrix` holds the table; a transport joins it by implementing `Dial` (streams) or `Transport` (anything else), and
//! with one test that plays it.

mod detach;
mod log;
mod matrix;
mod phases;
mod report;
mod rows;
mod stage;
mod streams;
#[cfg(feature = "aws-lc-rs")]
mod tls;
mod transport;
#[cfg(unix)]
mod unix;
