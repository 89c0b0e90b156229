use std::error::Error;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use super::{AlreadySet, AsyncResultGet, AsyncResultWait};
use crate::sync::Mutex;
use crate::waiter::{Ticket, Waiters, Wakers};

/// A value, or an error, that is set once and that any number of tasks wait for.
///
/// Clones are handles to the same result. Each getter receives a clone of what was set. The first who sets it has won
/// for good; whoever comes later gets the value back in [`AlreadySet`], so nothing is lost and nothing changes under a
/// reader.
///
/// `E` is the error that may be set instead; unless said otherwise any error, shared. [`new`](Self::new) makes that
/// kind; another kind is made by `default`: `AsyncResult::<u32, MyError>::default()`.
///
/// Nothing is set by dropping handles: who waits for a result that nobody can set any more waits for ever. A task is
/// an [`AsyncResult`] that knows of its end; an [`Event`](crate::Event) is one without a value that can be cleared.
///
/// gevent: `gevent.event.AsyncResult`, where the last of several `set` wins. Its `wait`, which answers `None` for an
/// error and for a timeout alike, is [`wait`](Self::wait) and then [`value`](Self::value).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use greenroom_core::AsyncResult;
///
/// let answer = AsyncResult::new();
/// let asker = tokio::spawn(answer.get());
/// answer.set(42).unwrap();
/// assert_eq!(asker.await.unwrap().unwrap(), 42);
/// assert_eq!(answer.set(43).unwrap_err().into_inner(), 43); // too late
/// # }
/// ```
pub struct AsyncResult<T, E = Arc<dyn Error + Send + Sync>> {
    inner: Arc<Inner<T, E>>,
}

/// `outcome` is filled first, the line is emptied after it. So whoever finds no outcome while it holds the line's lock
/// will be found in the line.
struct Inner<T, E> {
    /// Not in the mutex: what is read, and cloned, is the user's.
    outcome: OnceLock<Result<T, E>>,
    line: Mutex<Waiters>,
}

impl<T> AsyncResult<T> {
    /// A result that is not set yet, whose error is any error.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets any error, or a text as one.
    ///
    /// # Errors
    ///
    /// [`AlreadySet`] with the error, if the result had been set.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::AsyncResult;
    ///
    /// let answer = AsyncResult::<u32>::new();
    /// answer.fail("the line is dead").unwrap();
    /// assert_eq!(answer.error().unwrap().to_string(), "the line is dead");
    /// ```
    pub fn fail(
        &self,
        error: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Result<(), AlreadySet<Arc<dyn Error + Send + Sync>>> {
        self.set_error(error.into().into())
    }
}

impl<T, E> AsyncResult<T, E> {
    /// Sets the value and wakes everybody who waits for it.
    ///
    /// # Errors
    ///
    /// [`AlreadySet`] with the value, if the result had been set.
    #[doc(alias = "set_result")]
    pub fn set(&self, value: T) -> Result<(), AlreadySet<T>> {
        self.fill(Ok(value)).map_err(|refused| match refused {
            Ok(value) => AlreadySet::new(value),
            Err(_) => unreachable!("a value was given"),
        })
    }

    /// Sets an error and wakes everybody who waits. For any error at all see [`fail`](AsyncResult::fail).
    ///
    /// # Errors
    ///
    /// [`AlreadySet`] with the error, if the result had been set.
    #[doc(alias = "set_exception")]
    pub fn set_error(&self, error: E) -> Result<(), AlreadySet<E>> {
        self.fill(Err(error)).map_err(|refused| match refused {
            Err(error) => AlreadySet::new(error),
            Ok(_) => unreachable!("an error was given"),
        })
    }

    /// Sets whichever it is, a value or an error, and wakes everybody who waits.
    ///
    /// # Errors
    ///
    /// [`AlreadySet`] with the outcome, if the result had been set.
    pub fn complete(&self, outcome: Result<T, E>) -> Result<(), AlreadySet<Result<T, E>>> {
        self.fill(outcome).map_err(AlreadySet::new)
    }

    /// Whether a value or an error has been set.
    #[doc(alias = "ready")]
    #[doc(alias = "done")]
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.inner.outcome.get().is_some()
    }

    /// Whether a value has been set.
    #[doc(alias = "successful")]
    #[must_use]
    pub fn is_successful(&self) -> bool {
        matches!(self.inner.outcome.get(), Some(Ok(_)))
    }

    /// The value, if one has been set. Needs no `Clone`.
    #[must_use]
    pub fn value(&self) -> Option<&T> {
        self.inner.outcome.get()?.as_ref().ok()
    }

    /// The error, if one has been set.
    #[doc(alias = "exception")]
    #[doc(alias = "exc_info")]
    #[must_use]
    pub fn error(&self) -> Option<&E> {
        self.inner.outcome.get()?.as_ref().err()
    }

    /// Waits until the result is set, and takes nothing: for values that are not `Clone`, read by
    /// [`value`](Self::value) afterwards.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future has no effect on the result or on others who wait.
    pub fn wait(&self) -> AsyncResultWait<T, E> {
        AsyncResultWait::new(self.clone())
    }

    fn fill(&self, outcome: Result<T, E>) -> Result<(), Result<T, E>> {
        self.inner.outcome.set(outcome)?;
        let served = Wakers::of_all(&mut self.inner.line.lock());
        served.wake();
        Ok(())
    }

    pub(super) fn poll_outcome(
        &self,
        ticket: &mut Option<Ticket>,
        context: &mut Context<'_>,
    ) -> Poll<&Result<T, E>> {
        if let Some(outcome) = self.inner.outcome.get() {
            return Poll::Ready(outcome);
        }
        let mut line = self.inner.line.lock();
        if let Some(outcome) = self.inner.outcome.get() {
            return Poll::Ready(outcome);
        }
        let stale = match ticket {
            Some(ticket) => line.refresh(ticket, context.waker()),
            None => {
                *ticket = Some(line.park((), context.waker().clone()));
                None
            }
        };
        drop(line);
        drop(stale);
        Poll::Pending
    }

    pub(super) fn leave(&self, ticket: Ticket) {
        let left = self.inner.line.lock().leave(ticket);
        drop(left);
    }
}

impl<T: Clone, E: Clone> AsyncResult<T, E> {
    /// Waits until the result is set, and returns a clone of it.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future has no effect on the result or on others who wait.
    ///
    /// # Errors
    ///
    /// Resolves with the error that was set, if an error was set.
    #[doc(alias = "result")]
    pub fn get(&self) -> AsyncResultGet<T, E> {
        AsyncResultGet::new(self.clone())
    }

    /// A clone of what was set, if anything was.
    #[doc(alias = "get_nowait")]
    #[must_use]
    pub fn try_get(&self) -> Option<Result<T, E>> {
        self.inner.outcome.get().cloned()
    }
}

impl<T, E> Default for AsyncResult<T, E> {
    fn default() -> Self {
        Self { inner: Arc::new(Inner { outcome: OnceLock::new(), line: Mutex::new(Waiters::new()) }) }
    }
}

impl<T, E> Clone for AsyncResult<T, E> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<T, E> fmt::Debug for AsyncResult<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResult")
            .field("is_ready", &self.is_ready())
            .field("is_successful", &self.is_successful())
            .finish_non_exhaustive()
    }
}
