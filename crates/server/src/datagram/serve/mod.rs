//! Handling datagrams: at once where that can be done, else in a task.

mod lead;
mod overflow;
mod performance;
mod stage;

pub(crate) use lead::lead;
pub use overflow::Overflow;
pub(crate) use performance::Performance;
pub(crate) use stage::Stage;
