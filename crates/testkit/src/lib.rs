//! Harnesses and doubles for code built on Greenroom, or on tokio alone.
//!
//! * [`cancel_at_every_poll`] drops a future after each of its polls and lets you check what is left.
//! * [`until_idle`] lets every other task run until none can.
//! * [`Seed`] and [`Random`]: numbers at random that can be had again.
//! * [`ScriptedListener`] makes a server's accept answer by a script; a [`Stagehand`] holds the clients.
//! * [`FaultyIo`] is a stream with short reads and writes, waits, errors and early ends.
//! * [`LogCapture`] hears what is logged by `tracing`.
//! * [`CountingWaker`] counts wake-ups, [`DropCounter`] counts drops.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod cancel;
mod counting_waker;
mod drop_counter;
mod faulty_io;
mod idle;
mod log;
mod random;
mod scripted;
mod seed;

pub use cancel::{Outcome, cancel_at_every_poll};
pub use counting_waker::CountingWaker;
pub use drop_counter::{Counted, DropCounter};
pub use faulty_io::FaultyIo;
pub use idle::until_idle;
pub use log::{LogCapture, LogLine};
pub use random::Random;
pub use scripted::{ScriptedAnswer, ScriptedListener, Stagehand};
pub use seed::Seed;
