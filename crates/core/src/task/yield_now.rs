//! Letting others go first.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Goes to the end of the line: whoever is ready to run now, runs first.
///
/// On a current-thread runtime tasks come back in the order in which they went, so that two that yield take turns.
/// `tokio::task::yield_now` lets others run as well, and the reactor besides, but comes back in no promised order. On a multi-thread
/// runtime each thread has a line of its own, and neither promises an order: there, whoever must have a turn is given it, by a
/// [`Semaphore`](crate::Semaphore) for one.
///
/// A task that only computes should do this now and then, or move to a [`ThreadPool`](crate::ThreadPool): until it waits, nobody else on its
/// thread runs.
///
/// gevent: `gevent.sleep(0)`.
///
/// # Cancel safety
///
/// Dropping the future gives up the turn, nothing else.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{join_all, spawn, yield_now};
/// use std::sync::{Arc, Mutex};
///
/// let said = Arc::new(Mutex::new(String::new()));
/// let tasks = ["a", "b"].map(|name| {
///     let said = Arc::clone(&said);
///     spawn(async move {
///         for _ in 0..3 {
///             said.lock().unwrap().push_str(name);
///             yield_now().await;
///         }
///     })
/// });
/// join_all(&tasks).await;
/// assert_eq!(*said.lock().unwrap(), "ababab");
/// # }
/// ```
#[doc(alias("sleep", "idle"))]
pub const fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

/// Is ready the second time it is polled; made by [`yield_now`].
///
/// # Cancel safety
///
/// There is nothing to lose.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        // Woken while it runs, a task goes to the end of the line.
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
