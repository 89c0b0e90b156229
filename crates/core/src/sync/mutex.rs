//! A mutex that knows no poison: no user code runs under any of our locks, so a panic cannot leave one half-done.

#[cfg(greenroom_loom)]
use loom::sync as imp;
#[cfg(not(greenroom_loom))]
use std::sync as imp;

use std::sync::{PoisonError, TryLockError};

pub(crate) use imp::MutexGuard;

/// Mutual exclusion for a few instructions; never held across a wake, a drop of a user's value or an await.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T>(imp::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(imp::Mutex::new(value))
    }

    #[inline]
    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The guard, unless somebody else has it just now.
    #[inline]
    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        match self.0.try_lock() {
            Ok(guard) => Some(guard),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
