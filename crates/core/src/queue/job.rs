//! An item that is done when it is dropped.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::queue::get::QueueGet;
use crate::queue::get_error::{GetError, TryGetError};
use crate::queue::queue::Queue;

impl<T> Queue<T> {
    /// Takes the next item as a [`Job`], which counts as done when it is dropped.
    ///
    /// So a worker that fails or is killed cannot make [`join`](Self::join) wait for ever.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe, as [`get`](Self::get) is.
    ///
    /// # Errors
    ///
    /// [`GetError`] when the queue is shut down and nothing is left in it, also while waiting.
    pub fn get_job(&self) -> GetJob<T> {
        GetJob { get: self.get().into_owned() }
    }

    /// Takes the next item as a [`Job`] if there is one now. Never waits.
    ///
    /// # Errors
    ///
    /// As [`try_get`](Self::try_get).
    pub fn try_get_job(&self) -> Result<Job<T>, TryGetError> {
        let item = self.try_get()?;
        Ok(Job { item, guard: JobGuard { queue: self.clone() } })
    }
}

/// A get under way that gives a [`Job`], from [`Queue::get_job`].
///
/// # Cancel safety
///
/// Cancel safe: it holds no item between polls.
#[must_use = "nothing is taken until this is awaited"]
pub struct GetJob<T> {
    get: QueueGet<T>,
}

impl<T> Future for GetJob<T> {
    type Output = Result<Job<T>, GetError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.get).poll(cx).map_ok(|item| {
            let queue = self.get.queue().clone();
            Job { item, guard: JobGuard { queue } }
        })
    }
}

impl<T> fmt::Debug for GetJob<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetJob").field("get", &self.get).finish()
    }
}

/// An item of a [`Queue`] under work, from [`Queue::get_job`]. Derefs to the item.
///
/// Dropping it marks the item as done, after dropping the item. To work on the item by value take both apart with
/// [`into_parts`](Self::into_parts) and keep the guard until the work is over.
///
/// # Examples
///
/// ```
/// # use greenroom_core::Queue;
/// let jobs: Queue<String> = [String::from("paint")].into_iter().collect();
/// let (paint, guard) = jobs.try_get_job().unwrap().into_parts();
/// assert_eq!(paint + " the door", "paint the door");
/// assert_eq!(jobs.unfinished(), 1);
/// drop(guard);
/// assert_eq!(jobs.unfinished(), 0);
/// ```
#[must_use = "the job is done at once when this is dropped"]
pub struct Job<T> {
    // Before the guard: whoever joins must find the item gone.
    item: T,
    guard: JobGuard<T>,
}

impl<T> Job<T> {
    /// The item; the job counts as done from now on.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.item
    }

    /// The item, and the guard that marks it as done when dropped.
    pub fn into_parts(self) -> (T, JobGuard<T>) {
        (self.item, self.guard)
    }
}

impl<T> Deref for Job<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.item
    }
}

impl<T> DerefMut for Job<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.item
    }
}

impl<T: fmt::Debug> fmt::Debug for Job<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Job").field(&self.item).finish()
    }
}

/// Marks one item of a [`Queue`] as done when dropped, from [`Job::into_parts`].
#[must_use = "the job is done at once when this is dropped"]
pub struct JobGuard<T> {
    queue: Queue<T>,
}

impl<T> Drop for JobGuard<T> {
    fn drop(&mut self) {
        // Beyond the count only if somebody called task_done for this item: then it is done, which is all we want.
        let _ = self.queue.task_done();
    }
}

impl<T> fmt::Debug for JobGuard<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobGuard").finish_non_exhaustive()
    }
}
