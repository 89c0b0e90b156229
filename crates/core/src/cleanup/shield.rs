//! A future that a kill waits for.

use std::fmt;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::exit::drop_then;
use crate::scope::{Ending, Scope, Shelter, is_cancelled};
use crate::task::rehome;

/// Holds a kill back until `future` is done: a step that must not be left in the middle.
///
/// The kill takes effect at the first suspension after it, or at the next shield: one that has not begun when the kill
/// comes does not begin. A [`timeout`](crate::timeout()) around a shield waits for it
/// too. Only dropping the shield, or the end of a [`kill_within`](crate::AnyTask::kill_within), breaks it; and a shield that is
/// held but not polled holds nothing back.
///
/// Unlike a task of its own, which would outlive a kill, it stays a part of its task.
///
/// # Cancel safety
///
/// Dropping it drops the future inside, whatever that means to it.
///
/// # Panics
///
/// When polled after its end.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::{Event, shield, spawn};
///
/// let saved = Event::new();
/// let save = saved.clone();
/// let task = spawn(async move {
///     shield(async {
///         tokio::time::sleep(Duration::from_secs(1)).await;
///         save.set();
///     })
///     .await;
///     std::future::pending::<()>().await
/// });
/// tokio::task::yield_now().await;
/// task.kill().await;
/// assert!(saved.is_set());
/// # }
/// ```
pub fn shield<F: Future>(future: F) -> Shield<F> {
    Shield { scope: Scope::new(Shelter::Closed), body: Some(future), ending: None }
}

pin_project! {
    /// A future that a kill waits for; made by [`shield`].
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops the future inside, whatever that means to it.
    #[must_use = "a future does nothing unless it is awaited"]
    pub struct Shield<F>
    where
        F: Future,
    {
        scope: Scope,
        #[pin]
        body: Option<F>,
        ending: Option<Ending<F::Output>>,
    }

    impl<F: Future> PinnedDrop for Shield<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            let scope = this.scope;
            drop_then(|| this.body.set(None), || rehome(scope.leave(None)));
        }
    }
}

impl<F: Future> Shield<F> {
    /// Polls to the end, which may be a panic.
    pub(crate) fn poll_ending(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ending<F::Output>> {
        let this = self.project();
        // A kill must find it before it is first suspended.
        if this.body.is_some() {
            this.scope.settle();
        }
        ready!(this.scope.poll_whole(this.body, this.ending, cx));
        rehome(this.scope.leave(None));
        Poll::Ready(this.ending.take().unwrap_or(Ending::Cancelled))
    }
}

impl<F: Future> Future for Shield<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if !self.scope.is_settled() && self.body.is_some() && is_cancelled() {
            // Or a task that goes from one shield into the next could never be killed.
            return Poll::Pending;
        }
        match ready!(self.poll_ending(cx)) {
            Ending::Value(value) => Poll::Ready(value),
            Ending::Panicked(payload) => resume_unwind(payload),
            Ending::Cancelled => unreachable!("nothing cancels a shelter"),
        }
    }
}

impl<F: Future> fmt::Debug for Shield<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Shield").field(&self.scope).finish()
    }
}
