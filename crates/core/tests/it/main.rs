//! Behaviour of the core, one module a room.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "in a test it is the assertion, and the seed is for the reader"
)]

mod channel_stress;
mod queue;
mod queue_stress;
