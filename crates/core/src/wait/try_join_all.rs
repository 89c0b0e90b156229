//! Waiting for the end of many tasks, or for the first that has no value.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::join_all::{JoinAll, join_all};
use crate::exit::Exit;
use crate::task::{AnyTask, TaskError};

/// Waits until all tasks have ended with a value, and gives them in the order in which they ended; or until the first
/// ends without one.
///
/// The rest goes on after an error: to end them, [`kill_all`](crate::kill_all) them. Everything else is as in
/// [`join_all`](crate::join_all).
///
/// gevent: `joinall(raise_error=True)`.
///
/// # Errors
///
/// The [`TaskError`] of the first task, in the order of their ends, that failed, panicked, was killed or lost.
///
/// # Cancel safety
///
/// Dropping the future ends the wait, nothing else; the tasks go on.
///
/// # Panics
///
/// When a task waits for itself, which would be for ever.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{AnyTask, spawn, spawn_fallible, try_join_all};
///
/// let tasks: [AnyTask; 2] = [
///     spawn(std::future::pending::<()>()).into(),
///     spawn_fallible(async { "x".parse::<u8>() }).into(),
/// ];
/// let error = try_join_all(&tasks).await.unwrap_err();
/// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
/// assert!(!tasks[0].is_finished());
/// # }
/// ```
#[doc(alias("joinall", "raise_error"))]
pub fn try_join_all<I>(tasks: I) -> TryJoinAll
where
    I: IntoIterator<Item: Into<AnyTask>>,
{
    TryJoinAll(join_all(tasks))
}

/// Waits for the end of many tasks, or for the first that has no value; made by [`try_join_all`].
///
/// # Cancel safety
///
/// Dropping it ends the wait, nothing else; the tasks go on.
#[must_use = "a future does nothing unless it is awaited"]
pub struct TryJoinAll(JoinAll);

impl TryJoinAll {
    /// Is content with so many ends. By default, and when there are fewer tasks, with all.
    pub fn count(self, count: usize) -> Self {
        Self(self.0.count(count))
    }
}

impl Future for TryJoinAll {
    type Output = Result<Vec<AnyTask>, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let join = &mut self.get_mut().0;
        loop {
            let Some(task) = ready!(join.poll_one(cx)) else { return Poll::Ready(Ok(join.finish())) };
            match task.exit().unwrap_or(Exit::Lost) {
                Exit::Finished => {}
                exit => {
                    drop(join.finish());
                    return Poll::Ready(Err(TaskError::from_exit(exit)));
                }
            }
        }
    }
}

impl fmt::Debug for TryJoinAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TryJoinAll").field(&self.0).finish()
    }
}
