//! Work to be done whenever the running task suspends.

use std::sync::Arc;
use std::task::{Context, Poll};

use super::here::add_hook;

/// Work that waits for the current task to suspend, such as sending what was gathered.
///
/// Registered by [`on_suspend`]; used by layers that gather work while a task runs and must not sit on it while the
/// task waits.
pub trait Suspend: Send + Sync + 'static {
    /// Called after each poll in which the task suspended, with the task's own waker, until it returns `Ready`.
    ///
    /// `Pending` means that the work could not be finished; the waker has been registered with whatever it waits for.
    /// It must not block, and a panic in it is contained and ends the registration.
    fn poll_suspend(self: Arc<Self>, cx: &mut Context<'_>) -> Poll<()>;

    /// Called instead when the task ends, for there is no further suspension: once, if the work is not finished by then.
    ///
    /// It must not block, and a panic in it is contained. By default nothing is done, and the work is dropped.
    fn task_over(self: Arc<Self>) {}
}

/// Registers work to be done when the current task suspends next, whatever it waits for.
///
/// One registration lasts until its work is `Ready`. Returns `false`, and registers nothing, outside a Greenroom task:
/// then the caller does the work at once.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU32, Ordering};
/// use std::task::{Context, Poll};
/// use greenroom_core::{Suspend, on_suspend, spawn};
///
/// #[derive(Default)]
/// struct Flushes(AtomicU32);
/// impl Suspend for Flushes {
///     fn poll_suspend(self: Arc<Self>, _: &mut Context<'_>) -> Poll<()> {
///         self.0.fetch_add(1, Ordering::Relaxed);
///         Poll::Ready(())
///     }
/// }
///
/// let flushes = Arc::new(Flushes::default());
/// let hook = flushes.clone();
/// spawn(async move {
///     assert!(on_suspend(hook));
///     tokio::task::yield_now().await; // suspends: the hook runs
///     tokio::task::yield_now().await; // it was `Ready`: it does not run again
/// }).join().await;
/// assert_eq!(flushes.0.load(Ordering::Relaxed), 1);
/// # }
/// ```
pub fn on_suspend(work: Arc<dyn Suspend>) -> bool {
    add_hook(work)
}
