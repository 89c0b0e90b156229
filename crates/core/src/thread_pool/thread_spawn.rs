//! Waiting for a place, and starting a call.

use std::fmt;
use std::future::pending;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::call::Call;
use super::error::ThreadSpawnError;
use super::place::Place;
use super::shared::Shared;
use crate::cleanup::shield;
use crate::task::{Plain, Task, TaskBuilder};
use crate::waiter::Ticket;

/// Waits for a free thread and starts a call; made by [`ThreadPool::spawn`](crate::ThreadPool::spawn).
///
/// # Cancel safety
///
/// Dropping it gives up its place in the line, and drops the call, which never runs. One that is kept without being
/// polled or dropped keeps a thread from others, once its turn has come.
///
/// # Panics
///
/// When polled after its end.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ThreadSpawn<F, T> {
    pool: Arc<Shared>,
    call: Option<F>,
    waiting: Option<Ticket>,
    spawned_at: &'static Location<'static>,
    // A pointer, so that to be a future asks nothing of the call and its value: inside of a spawned async block the
    // compiler cannot prove that something with a lifetime in it is `'static`.
    start: Start<F, T>,
}

/// How a call that has its place is started.
type Start<F, T> = fn(Place, F, &'static Location<'static>) -> Task<T>;

impl<F, T> ThreadSpawn<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(pool: Arc<Shared>, call: F, spawned_at: &'static Location<'static>) -> Self {
        Self { pool, call: Some(call), waiting: None, spawned_at, start }
    }
}

impl<F, T> ThreadSpawn<F, T> {
    /// The call, which will not be started; and its place in the line is given up.
    pub(super) fn take_back(&mut self) -> Option<F> {
        self.pool.leave(&mut self.waiting);
        self.call.take()
    }
}

/// Starts a call that has its place.
pub(super) fn start<F, T>(place: Place, call: F, spawned_at: &'static Location<'static>) -> Task<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let pool = place.pool().clone();
    let call = Call::new(place, call);
    let run = async move {
        // A kill waits for a call that runs, and then comes too late: the call is done.
        match shield(call).await {
            Some(value) => value,
            None => pending().await,
        }
    };
    let task = TaskBuilder::new().launch::<_, Plain>(run, spawned_at);
    pool.enrol(&task);
    task
}

impl<F, T> Future for ThreadSpawn<F, T> {
    type Output = Result<Task<T>, ThreadSpawnError<F>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        assert!(this.call.is_some(), "a spawn was polled after its end");
        let place = ready!(this.pool.poll_take(&mut this.waiting, cx));
        let Some(call) = this.call.take() else { return Poll::Pending };
        Poll::Ready(match place {
            Ok(place) => Ok((this.start)(place, call, this.spawned_at)),
            Err(_) => Err(ThreadSpawnError(call)),
        })
    }
}

// The call is moved, never pinned.
impl<F, T> Unpin for ThreadSpawn<F, T> {}

impl<F, T> Drop for ThreadSpawn<F, T> {
    fn drop(&mut self) {
        self.pool.leave(&mut self.waiting);
    }
}

impl<F, T> fmt::Debug for ThreadSpawn<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadSpawn").field("spawned_at", &self.spawned_at).finish_non_exhaustive()
    }
}
