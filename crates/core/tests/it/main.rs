//! Behaviour of the core, one module a room.

mod queue;
mod queue_stress;
