//! Waiting for an [`RLock`].

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::rlock::{RLock, current_id};
use super::rlock_error::RLockAcquireError;
use super::rlock_guard::RLockGuard;
use crate::record::TaskId;
use crate::waiter::Ticket;

/// Waits for an [`RLock`]; made by [`RLock::acquire`].
///
/// The lock goes to the task that polls it. Polled by another task in the middle, it begins anew for that one.
///
/// # Cancel safety
///
/// Dropping it gives up its place in the line. If the lock had been handed to it, the next gets it. One that is kept
/// without being polled or dropped holds the line up, once its turn has come.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct RLockAcquire {
    lock: RLock,
    /// Who waits.
    task: Option<TaskId>,
    place: Option<Ticket>,
}

impl RLockAcquire {
    pub(super) fn new(lock: RLock) -> Self {
        Self { lock, task: None, place: None }
    }

    fn leave(&mut self) {
        if let Some(ticket) = self.place.take() {
            self.lock.leave(ticket);
        }
    }
}

impl Future for RLockAcquire {
    type Output = Result<RLockGuard, RLockAcquireError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let task = current_id();
        if this.task != task {
            this.leave();
            this.task = task;
        }
        let Some(task) = task else { return Poll::Ready(Err(RLockAcquireError)) };
        ready!(this.lock.poll_take(task, &mut this.place, cx));
        Poll::Ready(Ok(RLockGuard::new(this.lock.clone(), task)))
    }
}

impl Drop for RLockAcquire {
    fn drop(&mut self) {
        self.leave();
    }
}
