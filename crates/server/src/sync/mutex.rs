//! A mutex that knows no poison: what it guards is whole after every statement, so a panic leaves nothing half-done.

use std::sync::{MutexGuard, PoisonError};

/// Mutual exclusion for a few instructions; never held across an await.
#[derive(Debug, Default)]
pub(crate) struct Mutex<T: ?Sized>(std::sync::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(std::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
