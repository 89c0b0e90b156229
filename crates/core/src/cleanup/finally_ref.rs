//! A body, and what runs after it, where the clean-up borrows.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use super::guarded::Guarded;
use super::report::CleanupOutput;
use super::shield::{Shield, shield};
use crate::exit::drop_then;
use crate::scope::Ending;

/// Runs `body`, and then `cleanup`, which may borrow, however the body ends, **except when the returned future is
/// dropped**.
///
/// **A dropped one does not run its clean-up.** `tokio::select!`, `tokio::time::timeout` and a panicking sibling drop;
/// a kill and this crate's [`timeout`](crate::timeout()) do not. What borrows cannot be handed to anybody else. Where that
/// matters use [`finally`](crate::finally) or [`bracket`](crate::bracket), in which it runs in each case.
///
/// Everything else is as with [`finally`](crate::finally).
///
/// # Cancel safety
///
/// **Not cancel safe**: dropped in the middle, its clean-up is dropped too.
///
/// # Panics
///
/// When polled after its end, or after a timeout around it has passed.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::cell::Cell;
///
/// let seats = Cell::new(3);
/// greenroom_core::finally_ref(async { seats.set(2) }, async { seats.set(3) }).await;
/// assert_eq!(seats.get(), 3);
/// # }
/// ```
pub fn finally_ref<B, C>(body: B, cleanup: C) -> FinallyRef<B, C>
where
    B: Future,
    C: Future<Output: CleanupOutput>,
{
    FinallyRef { body: Guarded::new(body), cleanup: Some(shield(cleanup)) }
}

pin_project! {
    /// A body and its borrowing clean-up; made by [`finally_ref`].
    ///
    /// # Cancel safety
    ///
    /// **Not cancel safe**: dropped in the middle, its clean-up is dropped too.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct FinallyRef<B, C>
    where
        B: Future,
        C: Future,
    {
        #[pin]
        body: Guarded<B>,
        // Absent after its end.
        #[pin]
        cleanup: Option<Shield<C>>,
    }

    impl<B, C> PinnedDrop for FinallyRef<B, C>
    where
        B: Future,
        C: Future,
    {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let body = this.body;
            drop_then(|| this.cleanup.set(None), || body.abandon(None));
        }
    }
}

impl<B, C> Future for FinallyRef<B, C>
where
    B: Future,
    C: Future<Output: CleanupOutput>,
{
    type Output = B::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Output> {
        let mut this = self.project();
        ready!(this.body.as_mut().poll_body(cx));
        let over = match this.cleanup.as_mut().as_pin_mut() {
            Some(cleanup) => match ready!(this.body.as_mut().poll_own(cx, |cx| cleanup.poll_ending(cx))) {
                Ending::Value(output) => {
                    output.report();
                    Ending::Value(())
                }
                Ending::Panicked(payload) => Ending::Panicked(payload),
                Ending::Cancelled => Ending::Cancelled,
            },
            None => Ending::Value(()),
        };
        this.cleanup.set(None);
        this.body.poll_end(over, cx)
    }
}

impl<B: Future, C: Future> fmt::Debug for FinallyRef<B, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FinallyRef").field(&self.body).finish()
    }
}
