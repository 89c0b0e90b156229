//! A timer that is set as seldom as possible.

mod alarm;

pub use alarm::Alarm;
