use std::fmt;
use std::sync::Arc;

use super::permits::Permits;

/// The right to be inside; dropping it gives it back, to the longest waiting first.
///
/// Made by [`Semaphore::acquire`](crate::Semaphore::acquire) and
/// [`BoundedSemaphore::acquire`](crate::BoundedSemaphore::acquire) and their siblings. It owns its semaphore, so it may be
/// moved into a task or a struct.
#[must_use = "a permit is given back when it is dropped"]
pub struct Permit {
    permits: Arc<Permits>,
    count: usize,
}

impl Permit {
    #[inline]
    pub(super) fn new(permits: Arc<Permits>, count: usize) -> Self {
        Self { permits, count }
    }

    /// How many it stands for: one, or what `acquire_many` was asked for.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Keeps what it stands for: nothing is given back now.
    ///
    /// Whoever wants to give it back later, from anywhere, calls [`Semaphore::release`](crate::Semaphore::release) or
    /// [`BoundedSemaphore::release`](crate::BoundedSemaphore::release), once for each.
    pub fn forget(mut self) {
        self.permits.forget(self.count);
        self.count = 0;
    }
}

impl Drop for Permit {
    #[inline]
    fn drop(&mut self) {
        if self.count > 0 {
            self.permits.give(self.count);
        }
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("count", &self.count).finish_non_exhaustive()
    }
}
