//! A call, and its value.

use std::fmt;
use std::mem;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::shared::{KILLED, Shared};
use super::thread_spawn::ThreadSpawn;
use super::worker;
use crate::exit::{PanicInfo, contain};
use crate::task::{Take, Task, TaskError};

/// Makes a call and waits for its value; made by [`ThreadPool::apply`](crate::ThreadPool::apply).
///
/// # Cancel safety
///
/// Dropping it kills the call's task: a call that has not begun never runs, a running one runs on unheard.
///
/// # Panics
///
/// When polled after its end.
#[must_use = "a future does nothing unless it is awaited"]
pub struct ThreadApply<F, T> {
    pool: Arc<Shared>,
    stage: Stage<F, T>,
    // Pointers, so that to be a future asks nothing of the call and its value, as in `ThreadSpawn`.
    inline: fn(F) -> Result<T, TaskError>,
    take: fn(&Task<T>) -> Take<T>,
}

enum Stage<F, T> {
    Waiting(ThreadSpawn<F, T>),
    Running(Task<T>, Take<T>),
    /// Made on this thread.
    Made(Result<T, TaskError>),
    Over,
}

impl<F, T> ThreadApply<F, T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    pub(super) fn new(pool: Arc<Shared>, call: F, spawned_at: &'static Location<'static>) -> Self {
        // On a thread of the pool's the call is made here: it may block on a runtime in turn, which it could not do in a
        // poll.
        let stage = if worker::is_of(&pool) {
            Stage::Made(inline(call))
        } else {
            Stage::Waiting(ThreadSpawn::new(pool.clone(), call, spawned_at))
        };
        Self { pool, stage, inline: |call| inline(call), take: Task::take }
    }
}

/// The call on this thread, which is one of the pool's.
pub(super) fn inline<T>(call: impl FnOnce() -> T) -> Result<T, TaskError> {
    contain(call).map_err(|payload| TaskError::Panicked(PanicInfo::of(payload)))
}

impl<F, T> Future for ThreadApply<F, T> {
    type Output = Result<T, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        if let Stage::Waiting(spawn) = &mut this.stage {
            // Made elsewhere, and polled on a thread of the pool's.
            if let Some(call) = worker::is_of(&this.pool).then(|| spawn.take_back()).flatten() {
                this.stage = Stage::Over;
                return Poll::Ready((this.inline)(call));
            }
            match ready!(Pin::new(spawn).poll(cx)) {
                Ok(task) => {
                    let take = (this.take)(&task);
                    this.stage = Stage::Running(task, take);
                }
                Err(_) => this.stage = Stage::Made(Err(TaskError::Killed(KILLED.into()))),
            }
        }
        if let Stage::Running(_, take) = &mut this.stage {
            let value = ready!(Pin::new(take).poll(cx));
            this.stage = Stage::Made(value);
        }
        match mem::replace(&mut this.stage, Stage::Over) {
            Stage::Made(value) => Poll::Ready(value),
            _ => panic!("an apply was polled after its end"),
        }
    }
}

// The call is moved, never pinned.
impl<F, T> Unpin for ThreadApply<F, T> {}

impl<F, T> Drop for ThreadApply<F, T> {
    fn drop(&mut self) {
        if let Stage::Running(task, _) = &self.stage {
            task.kill_nowait();
        }
    }
}

impl<F, T> fmt::Debug for ThreadApply<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.stage {
            Stage::Waiting(_) => "ThreadApply::Waiting",
            Stage::Running(..) => "ThreadApply::Running",
            Stage::Made(_) => "ThreadApply::Made",
            Stage::Over => "ThreadApply::Over",
        })
    }
}
