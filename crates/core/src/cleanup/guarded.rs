//! A body whose scope must be found by a kill, because something runs after it.

use std::fmt;
use std::panic::resume_unwind;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::exit::{Payload, bury, drop_then, swallow};
use crate::scope::{Ending, Place, Scope, Shelter, Sheltered};
use crate::task::rehome;

pin_project! {
    /// The body of a `finally`, in its scope.
    pub(crate) struct Guarded<B>
    where
        B: Future,
    {
        scope: Scope,
        // Absent after its end.
        #[pin]
        body: Option<B>,
        ending: Option<Ending<B::Output>>,
        // The scope around it, once this one was cancelled and cleaned up.
        parked: Option<Place>,
        // A panic of the clean-up, kept until the end.
        panic: Option<Payload>,
    }
}

const AFTERWARDS: &str = "a `finally` was polled after it had been cancelled";

/// Cancelled and cleaned up, a scope waits to be dropped by the one around it, which was cancelled too. If that one is
/// over, or never was, the body has been kept beyond its scope: there is nothing to wait for, and nothing to return.
fn park<T>(above: &Place) -> Poll<T> {
    assert!(above.tree.is_cancelled(above.node), "{AFTERWARDS}");
    Poll::Pending
}

impl<B: Future> Guarded<B> {
    pub(crate) fn new(body: B) -> Self {
        Self { scope: Scope::new(Shelter::Open), body: Some(body), ending: None, parked: None, panic: None }
    }

    /// Whether it was polled, and its clean-up must run.
    pub(crate) fn is_entered(&self) -> bool {
        self.scope.place.is_some()
    }

    /// Polls the body and what it left, until the clean-up may start.
    pub(crate) fn poll_body(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if let Some(above) = this.parked {
            return park(above);
        }
        if this.ending.is_none() {
            assert!(this.body.is_some(), "a `finally` was polled after its end");
            this.scope.settle();
        }
        this.scope.poll_whole(this.body, this.ending, cx)
    }

    /// Polls the clean-up inside the scope.
    pub(crate) fn poll_own<T>(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let this = self.project();
        // Leaves the waker, so that what is handed over meanwhile is polled soon.
        let (_, watch) = this.scope.attend(cx);
        let cx = &mut Context::from_waker(watch.as_ref().unwrap_or(cx.waker()));
        this.scope.within(|_| poll(cx))
    }

    /// The clean-up is over. The body's value, or its panic, or the clean-up's; or, cancelled, nothing any more.
    pub(crate) fn poll_end(
        self: Pin<&mut Self>,
        cleanup: Ending<()>,
        cx: &mut Context<'_>,
    ) -> Poll<B::Output> {
        let this = self.project();
        if let Ending::Panicked(payload) = cleanup {
            *this.panic = Some(payload);
        }
        ready!(this.scope.poll_adopted(cx));
        let above = this.scope.above();
        rehome(this.scope.leave(None));
        let ending = this.ending.take();
        match (ending, this.panic.take()) {
            (Some(Ending::Panicked(first)), second) => {
                second.into_iter().for_each(bury);
                resume_unwind(first)
            }
            (ending, Some(payload)) => {
                swallow(|| drop(ending));
                resume_unwind(payload)
            }
            (Some(Ending::Value(value)), None) => Poll::Ready(value),
            (Some(Ending::Cancelled) | None, None) => {
                let Some(above) = above else { panic!("{AFTERWARDS}") };
                park(this.parked.insert(above))
            }
        }
    }

    /// The whole is dropped: what the body drops is adopted by this scope first, so that inner comes before outer.
    pub(crate) fn abandon(self: Pin<&mut Self>, own: Option<Sheltered>) {
        let mut this = self.project();
        let scope = this.scope;
        drop_then(|| this.body.set(None), || rehome(scope.leave(own)));
    }
}

impl<B: Future> fmt::Debug for Guarded<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.fmt(f)
    }
}
