//! Locks that count: how many may be inside at once.

mod acquire;
mod bounded;
mod permit;
mod permits;
mod semaphore;
mod semaphore_wait;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use acquire::Acquire;
pub use bounded::{BoundedSemaphore, OverRelease};
pub use permit::Permit;
pub use semaphore::Semaphore;
pub use semaphore_wait::SemaphoreWait;
