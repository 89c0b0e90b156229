use std::error::Error;
use std::sync::Arc;
use std::{fmt, io};

use super::permits::{Need, Permits};
use super::{Acquire, Permit, SemaphoreWait};

/// A [`Semaphore`](crate::Semaphore) that never holds more than it was made with: giving back what nobody took is an error.
///
/// Clones are handles to the same count. Order, hand-over and cancellation are those of
/// [`Semaphore`](crate::Semaphore).
///
/// At any time the free permits, those held by a [`Permit`] and those [forgotten](Permit::forget) add up to the bound.
/// What a `Permit` holds comes back by dropping it and in no other way; [`release`](Self::release) gives back what was
/// forgotten.
///
/// gevent: `gevent.lock.BoundedSemaphore`, whose `release` cannot tell the permits that a `with` block will give back
/// itself from the others; this one can.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use greenroom_core::BoundedSemaphore;
///
/// let doors = BoundedSemaphore::new(1);
/// assert!(doors.release().is_err()); // nobody is inside
/// doors.acquire().await.forget();
/// assert!(doors.release().is_ok());
/// assert_eq!(doors.available(), doors.bound());
/// # }
/// ```
#[derive(Clone)]
pub struct BoundedSemaphore {
    permits: Arc<Permits>,
}

impl BoundedSemaphore {
    /// A semaphore with so many permits, all of them free.
    ///
    /// # Panics
    ///
    /// If there are more than [`Semaphore::MAX`](crate::Semaphore::MAX).
    #[must_use]
    pub fn new(bound: usize) -> Self {
        Self { permits: Permits::new(bound) }
    }

    /// Takes a permit; waits for one if none is free.
    ///
    /// Takes its place in the line at its first poll.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future gives up its place in the line. A permit that had been handed to it goes to the
    /// next.
    #[inline]
    pub fn acquire(&self) -> Acquire {
        Acquire::new(&self.permits, 1)
    }

    /// Takes `count` permits at once, as one [`Permit`].
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future gives up its place in the line. Permits that had been handed to it go to the
    /// next.
    ///
    /// # Panics
    ///
    /// If `count` is more than the bound: it would wait for ever.
    #[track_caller]
    pub fn acquire_many(&self, count: usize) -> Acquire {
        assert!(
            count <= self.bound(),
            "{count} permits were asked of a semaphore bounded to {}",
            self.bound()
        );
        Acquire::new(&self.permits, count)
    }

    /// Takes a permit if one is free and nobody waits for it.
    #[inline]
    #[must_use]
    pub fn try_acquire(&self) -> Option<Permit> {
        self.permits.try_take(Need::take(1)).then(|| Permit::new(Arc::clone(&self.permits), 1))
    }

    /// Gives back a permit that was [forgotten](Permit::forget), to the first in the line if there is one.
    ///
    /// # Errors
    ///
    /// [`OverRelease`] if no permit has been forgotten; nothing has changed then.
    pub fn release(&self) -> Result<(), OverRelease> {
        if !self.permits.recall() {
            return Err(OverRelease { bound: self.bound() });
        }
        self.permits.give(1);
        Ok(())
    }

    /// Waits until a permit could be had, and takes none.
    ///
    /// It waits in the line like all others. Somebody else may have taken the permit by the time the caller runs.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future gives up its place in the line; it never holds a permit.
    pub fn wait(&self) -> SemaphoreWait {
        SemaphoreWait::new(&self.permits)
    }

    /// How many permits it was made with.
    #[must_use]
    pub fn bound(&self) -> usize {
        self.permits.initial()
    }

    /// How many permits are free.
    #[doc(alias = "counter")]
    #[must_use]
    pub fn available(&self) -> usize {
        self.permits.free()
    }

    /// Whether no permit is free.
    #[doc(alias = "locked")]
    #[doc(alias = "ready")]
    #[must_use]
    pub fn is_locked(&self) -> bool {
        self.available() == 0
    }
}

impl fmt::Debug for BoundedSemaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoundedSemaphore")
            .field("available", &self.available())
            .field("bound", &self.bound())
            .finish_non_exhaustive()
    }
}

/// [`BoundedSemaphore::release`] was called without a permit to give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OverRelease {
    bound: usize,
}

impl fmt::Display for OverRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no permit is left to be released to a semaphore bounded to {}", self.bound)
    }
}

impl Error for OverRelease {}

impl From<OverRelease> for io::Error {
    fn from(error: OverRelease) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
