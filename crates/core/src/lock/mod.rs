//! Locks that count: how many may be inside at once.

mod acquire;
mod bounded;
mod permit;
mod permits;
mod rlock;
mod rlock_acquire;
mod rlock_error;
mod rlock_guard;
mod semaphore;
mod semaphore_wait;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use acquire::Acquire;
pub use bounded::{BoundedSemaphore, OverRelease};
pub use permit::Permit;
pub use rlock::RLock;
pub use rlock_acquire::RLockAcquire;
pub use rlock_error::{RLockAcquireError, RLockReleaseError, RLockTryAcquireError};
pub use rlock_guard::RLockGuard;
pub use semaphore::Semaphore;
pub use semaphore_wait::SemaphoreWait;
