//! Behaviour of the core, one module a room.

mod channel_stress;
mod queue;
mod queue_stress;
