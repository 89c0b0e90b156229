//! The end of a thread pool.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::thread_pool_join::ThreadPoolJoin;

/// Ends a thread pool: awaited, it refuses what is to come and waits for what runs; made by
/// [`ThreadPool::kill`](crate::ThreadPool::kill).
///
/// # Cancel safety
///
/// Once polled, the kill stands; dropping the future only ends the wait.
#[derive(Debug)]
#[must_use = "a kill does nothing unless it is awaited or told `nowait`"]
pub struct ThreadPoolKill {
    join: ThreadPoolJoin,
    ordered: bool,
}

impl ThreadPoolKill {
    pub(super) fn new(join: ThreadPoolJoin) -> Self {
        Self { join, ordered: false }
    }

    /// Kills, and does not wait for the calls that run.
    pub fn nowait(mut self) {
        self.order();
    }

    fn order(&mut self) {
        if !self.ordered {
            self.ordered = true;
            self.join.pool().kill();
        }
    }
}

impl Future for ThreadPoolKill {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.order();
        Pin::new(&mut this.join).poll(cx)
    }
}
