//! Requests that wait.

mod long_poll;
mod tidings;

pub use long_poll::long_poll;
pub use tidings::Tidings;
