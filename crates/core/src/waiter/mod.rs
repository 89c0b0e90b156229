//! The FIFO list of parked futures that queue, event, async_result, lock and task share.
//!
//! A list lives inside its owner's mutex; it has no lock and no atomics of its own.

mod waiters;
mod wakers;

#[cfg(test)]
mod tests;

pub(crate) use waiters::{Ticket, Waiters};
pub(crate) use wakers::Wakers;
