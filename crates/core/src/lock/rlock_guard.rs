//! An [`RLock`] that is held.

use super::rlock::{RLock, current_id};
use super::rlock_error::RLockReleaseError;
use crate::record::TaskId;

/// The right to be inside, once; dropping it gives it back, wherever that happens.
///
/// It counts for the task that acquired it, also when it is moved to another task or thread: until it is dropped there,
/// the first task is the owner. Made by [`RLock::acquire`].
#[derive(Debug)]
#[must_use = "the lock is given back when its guard is dropped"]
pub struct RLockGuard {
    lock: RLock,
    owner: TaskId,
}

impl RLockGuard {
    pub(super) fn new(lock: RLock, owner: TaskId) -> Self {
        Self { lock, owner }
    }

    /// The task for which it counts.
    #[must_use]
    pub fn owner(&self) -> TaskId {
        self.owner
    }

    /// Gives the lock back, as dropping does, but only in the task that acquired it.
    ///
    /// gevent: `RLock.release`.
    ///
    /// # Errors
    ///
    /// [`RLockReleaseError`] with the guard: this is another task, or none.
    pub fn release(self) -> Result<(), RLockReleaseError> {
        if current_id() == Some(self.owner) { Ok(()) } else { Err(RLockReleaseError::new(self)) }
    }
}

impl Drop for RLockGuard {
    fn drop(&mut self) {
        self.lock.give();
    }
}
