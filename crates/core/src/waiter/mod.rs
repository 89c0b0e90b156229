//! The FIFO list of parked futures that queue, event, async_result and task share.
//!
//! A list lives inside its owner's mutex; it has no lock and no atomics of its own.

mod waiters;

pub(crate) use waiters::{Ticket, Waiters};
