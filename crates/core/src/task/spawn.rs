//! Starting a task.

use std::error::Error;
use std::panic::Location;
use std::time::Duration;

use super::builder::launch;
use super::outcome::{Fallible, Plain};
use super::task::Task;

/// Starts a task that runs `future` at once, beside everything else; any output is its value.
///
/// The task runs whether or not anybody keeps the handle: dropping a [`Task`] neither kills nor detaches it. It is in
/// the registry until it ends, and remembers who spawned it and where. To give it a name, or a runtime other than the
/// current one, use [`TaskBuilder`](crate::TaskBuilder); to make an `Err` a failure, [`spawn_fallible`].
///
/// Unlike `tokio::spawn`, the handle can be cloned and awaited by many, and [`kill`](crate::AnyTask::kill) runs the
/// clean-ups of the task and waits for them.
///
/// gevent: `gevent.spawn`, `Greenlet.spawn`.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let task = greenroom_core::spawn(async { 6 * 7 });
/// assert_eq!(task.get().await.unwrap(), 42);
/// # }
/// ```
#[doc(alias("gevent.spawn", "spawn_raw"))]
#[track_caller]
pub fn spawn<F>(future: F) -> Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    launch::<F, Plain>(future, Location::caller(), None, None)
}

/// Starts a task whose `Err` is a failure: [`get`](Task::get) gives it flattened, `link_error` and `try_join_all` see
/// it.
///
/// A failure that nobody has looked at by the time the last handle is dropped is logged. To look is to be told of it by `get`, `take`,
/// [`join`](crate::AnyTask::join), [`kill`](crate::AnyTask::kill) or [`exit`](crate::AnyTask::exit), or by a link. To wait with
/// [`join_all`](crate::join_all) or [`wait`](crate::wait()) is not, since they do not tell how it ended.
///
/// gevent: an exception raised in a greenlet.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{TaskError, spawn_fallible};
///
/// let task = spawn_fallible(async { "4x".parse::<u32>() });
/// let error = task.get().await.unwrap_err();
/// assert!(matches!(error, TaskError::Failed(_)));
/// assert_eq!(error.to_string(), "the task failed: invalid digit found in string");
/// # }
/// ```
#[track_caller]
pub fn spawn_fallible<F, T, E>(future: F) -> Task<T>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + 'static,
{
    launch::<F, Fallible>(future, Location::caller(), None, None)
}

/// Starts a task that sleeps for `delay` and then runs `future`. Killed before, it never polls it.
///
/// gevent: `gevent.spawn_later`.
///
/// # Panics
///
/// Outside of a tokio runtime, or in one without a timer.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
///
/// let start = tokio::time::Instant::now();
/// let task = greenroom_core::spawn_later(Duration::from_secs(3), async move { start.elapsed() });
/// assert_eq!(task.get().await.unwrap(), Duration::from_secs(3));
/// # }
/// ```
#[doc(alias("start_later"))]
#[track_caller]
pub fn spawn_later<F>(delay: Duration, future: F) -> Task<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let later = async move {
        tokio::time::sleep(delay).await;
        future.await
    };
    launch::<_, Plain>(later, Location::caller(), None, None)
}
