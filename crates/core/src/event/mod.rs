//! A flag that tasks wait for.

mod event;
mod event_wait;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use event::Event;
pub use event_wait::EventWait;
