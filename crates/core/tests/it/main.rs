//! Tests of the crate through its public face: one module a room.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "in a test the one is the assertion, and the other tells the seed"
)]

mod actor;
mod async_result;
mod call_sites;
mod cancel;
mod channel_stress;
mod cleanup;
mod event;
mod faults;
mod group;
mod journal;
mod kill;
mod kill_stress;
mod local;
mod map;
mod parting;
mod pool;
mod pool_stress;
mod queue;
mod queue_stress;
mod registry;
mod rlock;
mod semaphore;
mod stress;
mod suspend;
mod task;
mod thread_pool;
mod timeout;
mod wait;
