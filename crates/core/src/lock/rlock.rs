//! A lock that its owner may take again.
//!
//! Invariants:
//! 1. Nobody is in the line while nobody holds the lock: whoever gives it up hands it to the longest waiting.
//! 2. All places of one task are served together, so the holder never has a place in the line. A place that was served
//!    counts in `depth` until its future turns it into a guard, or gives it up.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::rlock_acquire::RLockAcquire;
use super::rlock_error::RLockTryAcquireError;
use super::rlock_guard::RLockGuard;
use crate::record::TaskId;
use crate::scope::with_current;
use crate::sync::Mutex;
use crate::waiter::{Ticket, Waiters};

/// Mutual exclusion between tasks; the task that holds it may take it again.
///
/// Clones are handles to the same lock. It is free again when its owner has dropped as many guards as it took, and then
/// goes to the task that has waited longest; nobody overtakes. A killed owner drops its guards, and so gives it up.
///
/// **The owner is the task.** Two branches of one `join!` (or of `select!`, or of `FuturesUnordered`) are one task: they
/// share the lock and do not exclude each other. To exclude those use a [`Semaphore`](crate::Semaphore) of one, or spawn
/// them. Outside of a task the lock cannot be taken.
///
/// Take it again only where code that holds it calls code that takes it; everywhere else a
/// [`Semaphore`](crate::Semaphore) of one says more.
///
/// gevent: `gevent.lock.RLock`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{RLock, spawn};
///
/// let lock = RLock::new();
/// let handle = lock.clone();
/// spawn(async move {
///     let outer = handle.acquire().await.unwrap();
///     let inner = handle.acquire().await.unwrap(); // the same task: at once
///     drop(outer);
///     assert!(handle.is_locked());
///     drop(inner);
///     assert!(!handle.is_locked());
/// }).get().await.unwrap();
///
/// assert!(lock.acquire().await.is_err()); // not in a task
/// # }
/// ```
#[derive(Clone, Default)]
pub struct RLock {
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    holder: Option<Holder>,
    line: Waiters<TaskId>,
}

struct Holder {
    task: TaskId,
    depth: usize,
}

impl RLock {
    /// A lock that nobody holds.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Waits until no other task holds the lock, and takes it; at once if the running task holds it already.
    ///
    /// # Errors
    ///
    /// [`RLockAcquireError`](crate::RLockAcquireError): outside of a task.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up its place in the line. If the lock had been handed to it, the next gets it.
    pub fn acquire(&self) -> RLockAcquire {
        RLockAcquire::new(self.clone())
    }

    /// Takes the lock if no other task holds it now.
    ///
    /// # Errors
    ///
    /// [`RLockTryAcquireError`]: another task holds it, or this is outside of a task.
    pub fn try_acquire(&self) -> Result<RLockGuard, RLockTryAcquireError> {
        let task = current_id().ok_or(RLockTryAcquireError::NoTask)?;
        if self.take(task) {
            Ok(RLockGuard::new(self.clone(), task))
        } else {
            Err(RLockTryAcquireError::Held)
        }
    }

    /// Whether any task holds it.
    #[must_use]
    #[doc(alias = "locked")]
    pub fn is_locked(&self) -> bool {
        self.state.lock().holder.is_some()
    }

    /// The task that holds it.
    #[must_use]
    pub fn owner(&self) -> Option<TaskId> {
        self.state.lock().holder.as_ref().map(|holder| holder.task)
    }

    fn take(&self, task: TaskId) -> bool {
        self.state.lock().take(task)
    }

    /// Ready when the task holds it, once more.
    pub(super) fn poll_take(
        &self,
        task: TaskId,
        place: &mut Option<Ticket>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut state = self.state.lock();
        let stale = match place.take() {
            Some(ticket) if state.line.is_served(&ticket) => {
                let _ = state.line.leave(ticket);
                return Poll::Ready(());
            }
            Some(ticket) => {
                let stale = state.line.refresh(&ticket, cx.waker());
                *place = Some(ticket);
                stale
            }
            None if state.take(task) => return Poll::Ready(()),
            None => {
                *place = Some(state.line.park(task, cx.waker().clone()));
                None
            }
        };
        drop(state);
        drop(stale);
        Poll::Pending
    }

    /// Gives a place in the line up, or what had been handed to it.
    pub(super) fn leave(&self, ticket: Ticket) {
        let left = self.state.lock().line.leave(ticket);
        if left.is_none() {
            self.give();
        }
    }

    /// The holder gives it up once; after the last time it goes to the longest waiting.
    pub(super) fn give(&self) {
        let served = {
            let mut state = self.state.lock();
            let Some(holder) = state.holder.as_mut() else { return };
            holder.depth -= 1;
            if holder.depth > 0 {
                return;
            }
            let next = state.line.peek().copied();
            let served = state.line.serve_where(|task| Some(*task) == next);
            state.holder = next.map(|task| Holder { task, depth: served.len() });
            served
        };
        served.into_iter().for_each(|(waker, _)| waker.wake());
    }
}

impl State {
    fn take(&mut self, task: TaskId) -> bool {
        match &mut self.holder {
            None => self.holder = Some(Holder { task, depth: 1 }),
            Some(holder) if holder.task == task => holder.depth += 1,
            Some(_) => return false,
        }
        true
    }
}

/// The number of the running task.
pub(super) fn current_id() -> Option<TaskId> {
    with_current(|record| record.facts().id)
}

impl fmt::Debug for RLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RLock").field("owner", &self.owner()).finish_non_exhaustive()
    }
}
