//! A one-way signal that says: time to go. Everybody hears it, nobody owns it.
//!
//! An event of the core wakes tasks just as well. This one is polled in the middle of every read of every connection,
//! so a signal keeps its place in the line and its waker from poll to poll: polling again takes no lock.

mod signal;
mod stopped;
mod stopper;

pub use signal::StopSignal;
pub use stopped::Stopped;
pub use stopper::Stopper;
