//! A body, and what runs after it in any case.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::guarded::Guarded;
use super::report::CleanupOutput;
use crate::scope::{Cleanup, Ending, Sheltered};

/// Runs `body`, and then `cleanup`, however the body ends: with a value or an error, by a panic, a kill, a timeout, or
/// by being dropped.
///
/// * **Once the returned future has been polled, the clean-up runs exactly once.** Never polled, it is just dropped.
/// * Nested ones run innermost first, and `kill().await` returns after all of them.
/// * The clean-up is sheltered: no kill interrupts it, only the end of a [`kill_within`](crate::AnyTask::kill_within).
/// * If the returned future is dropped in the middle (by `tokio::select!`, `tokio::time::timeout`, a panicking
///   sibling), the clean-up is handed to the nearest enclosing scope that is still alive, which waits for it before its
///   own clean-up and before its own end. Outside of a Greenroom task it becomes a task of its own.
/// * When the runtime shuts down nothing runs.
/// * An `Err` of the clean-up is logged; a panic of it is a panic of the whole.
///
/// Where the clean-up needs what the body works on, use [`bracket`](crate::bracket), which is the recommended form;
/// where it must borrow, [`finally_ref`](crate::finally_ref).
///
/// gevent: `try: ... finally: ...` around code that may be killed.
///
/// # Cancel safety
///
/// This is what makes others safe to cancel: see above.
///
/// # Panics
///
/// When polled after its end, or after a timeout around it has passed.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::{Event, finally, spawn};
///
/// let left = Event::new();
/// let leaving = left.clone();
/// let guest = spawn(finally(std::future::pending::<()>(), async move {
///     tokio::time::sleep(Duration::from_millis(30)).await; // tell the others
///     leaving.set();
/// }));
/// tokio::task::yield_now().await;
/// guest.kill().await;
/// assert!(left.is_set());
/// # }
/// ```
pub fn finally<B, C>(body: B, cleanup: C) -> Finally<B>
where
    B: Future,
    C: Future<Output: CleanupOutput> + Send + 'static,
{
    let cleanup: Cleanup = Box::pin(async move { cleanup.await.report() });
    Finally { body: Guarded::new(body), cleanup: Some(cleanup), running: None }
}

pin_project! {
    /// A body and its clean-up; made by [`finally`].
    ///
    /// # Cancel safety
    ///
    /// Dropped after its first poll, it hands its clean-up to the nearest enclosing scope.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Finally<B>
    where
        B: Future,
    {
        #[pin]
        body: Guarded<B>,
        // Absent once it runs. Its type is erased at once: as a parameter it would bring its `'static` along, which the
        // compiler cannot prove inside of a spawned async block.
        cleanup: Option<Cleanup>,
        // Absent after its end. Boxed, because it may have to be handed on in the middle.
        running: Option<Sheltered>,
    }

    impl<B: Future> PinnedDrop for Finally<B> {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if this.body.is_entered() {
                let own = this.running.take().or_else(|| this.cleanup.take().map(Sheltered::new));
                this.body.abandon(own);
            }
        }
    }
}

impl<B: Future> Future for Finally<B> {
    type Output = B::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Output> {
        let mut this = self.project();
        ready!(this.body.as_mut().poll_body(cx));
        if let Some(cleanup) = this.cleanup.take() {
            *this.running = Some(Sheltered::new(cleanup));
        }
        let over = match this.running {
            Some(running) => ready!(this.body.as_mut().poll_own(cx, |cx| running.poll(cx))),
            None => Ending::Value(()),
        };
        *this.running = None;
        this.body.poll_end(over, cx)
    }
}

impl<B: Future> fmt::Debug for Finally<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Finally").field(&self.body).finish()
    }
}
