//! What is left when a future is dropped at any of its polls.

mod cut;
mod every_poll;
mod outcome;

pub use every_poll::cancel_at_every_poll;
pub use outcome::Outcome;
