use std::fmt;
use std::sync::Arc;

use super::permits::{Need, Permits};
use super::{Acquire, Permit, SemaphoreWait};

/// So many at once: a count of permits that tasks take and give back.
///
/// Clones are handles to the same count.
///
/// Who waits is served in the order of arrival, and a permit that comes back is handed to the first in the line: nobody
/// who comes later can overtake it, not even by [`try_acquire`](Self::try_acquire). One that wants many holds back those
/// behind it until it has them, so it cannot starve. A free permit is taken without suspending.
///
/// A permit that was handed over belongs to a future that has to be polled to use it. Do not leave an
/// [`Acquire`] unpolled while awaiting something else that needs the same semaphore.
///
/// [`release`](Self::release) may raise the count above what it was at first; where that would be a mistake, use
/// [`BoundedSemaphore`](crate::BoundedSemaphore).
///
/// gevent: `gevent.lock.Semaphore`. There, whoever runs first after a release has the permit; here it is handed over. A
/// `DummySemaphore` is `Semaphore::new(Semaphore::MAX)`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use greenroom_core::Semaphore;
///
/// let doors = Semaphore::new(2);
/// let first = doors.acquire().await;
/// let second = doors.acquire().await;
/// assert!(doors.try_acquire().is_none());
/// drop(first);
/// let third = doors.acquire().await;
/// # drop((second, third));
/// # }
/// ```
#[derive(Clone)]
#[doc(alias = "DummySemaphore")]
pub struct Semaphore {
    permits: Arc<Permits>,
}

impl Semaphore {
    /// The most permits a semaphore can count.
    pub const MAX: usize = Permits::MAX;

    /// A semaphore with so many free permits; none is allowed.
    ///
    /// # Panics
    ///
    /// If there are more than [`MAX`](Self::MAX).
    #[must_use]
    pub fn new(permits: usize) -> Self {
        Self { permits: Permits::new(permits) }
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
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use greenroom_core::Semaphore;
    ///
    /// let seats = Semaphore::new(5);
    /// let party = seats.acquire_many(3).await;
    /// assert_eq!((party.count(), seats.available()), (3, 2));
    /// # }
    /// ```
    pub fn acquire_many(&self, count: usize) -> Acquire {
        Acquire::new(&self.permits, count)
    }

    /// Takes a permit if one is free and nobody waits for it.
    #[inline]
    #[must_use]
    pub fn try_acquire(&self) -> Option<Permit> {
        self.permits.try_take(Need::take(1)).then(|| Permit::new(Arc::clone(&self.permits), 1))
    }

    /// Adds a permit, to the first in the line if there is one.
    ///
    /// For what comes back by another way than by a dropped [`Permit`]: one that was [forgotten](Permit::forget), or one
    /// that was never taken, which raises the count for good.
    ///
    /// # Panics
    ///
    /// If there would be more than [`MAX`](Self::MAX).
    pub fn release(&self) {
        self.permits.give(1);
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

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore").field("available", &self.available()).finish_non_exhaustive()
    }
}
