//! Waiting until a thread pool is idle.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::shared::Shared;
use crate::waiter::Ticket;

/// Waits until no call is left; made by [`ThreadPool::join`](crate::ThreadPool::join).
///
/// # Cancel safety
///
/// Dropping it ends the wait, nothing else.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ThreadPoolJoin {
    pool: Arc<Shared>,
    waiting: Option<Ticket>,
}

impl ThreadPoolJoin {
    pub(super) fn new(pool: Arc<Shared>) -> Self {
        Self { pool, waiting: None }
    }

    pub(super) fn pool(&self) -> &Shared {
        &self.pool
    }
}

impl Future for ThreadPoolJoin {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.pool.poll_idle(&mut this.waiting, cx)
    }
}

impl Drop for ThreadPoolJoin {
    fn drop(&mut self) {
        self.pool.leave_joiners(&mut self.waiting);
    }
}

impl fmt::Debug for ThreadPoolJoin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPoolJoin").field("busy", &self.pool.busy()).finish_non_exhaustive()
    }
}
