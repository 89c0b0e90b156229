//! A future that is run like a task, inside another one.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use pin_project_lite::pin_project;

use crate::exit::{Payload, contain, drop_then};
use crate::scope::{Ending, Place, Scope, Shelter, discard, enter_vacant, leave_vacant};
use crate::task::rehome;

pin_project! {
    /// One piece of work with a scope of its own: its panic is contained, and it is over only after the clean-ups that
    /// were dropped in it. Its task's own values are not its business.
    pub(crate) struct Item<F>
    where
        F: Future,
    {
        // Without a place until its first poll is over.
        scope: Scope,
        #[pin]
        body: Option<F>,
        ending: Option<Ending<F::Output>>,
        entered: bool,
        // The scope around it, once this one was cancelled from there.
        parked: Option<Place>,
    }

    impl<F: Future> PinnedDrop for Item<F> {
        fn drop(this: Pin<&mut Self>) {
            let mut this = this.project();
            if this.scope.place.is_some() {
                let scope = this.scope;
                drop_then(|| this.body.set(None), || rehome(scope.leave(None)));
            }
        }
    }
}

impl<F: Future> Item<F> {
    #[inline]
    pub(crate) fn new(body: F) -> Self {
        let scope = Scope::new(Shelter::Open);
        Self { scope, body: Some(body), ending: None, entered: false, parked: None }
    }

    /// Polls to the end, which may be a panic. Once the task around it is killed, pending until it is dropped.
    #[inline]
    pub(crate) fn poll_ending(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<F::Output, Payload>> {
        let mut this = self.project();
        if *this.entered {
            return poll_rest(this.scope, this.body, this.ending, this.parked, cx);
        }
        *this.entered = true;
        let Some(body) = this.body.as_mut().as_pin_mut() else { return Poll::Pending };
        enter_vacant();
        let polled = contain(|| body.poll(cx));
        let place = leave_vacant();
        let ending = match polled {
            Ok(Poll::Pending) => None,
            Ok(Poll::Ready(value)) => Some(discard(this.body.as_mut(), Ending::Value(value))),
            Err(payload) => Some(discard(this.body.as_mut(), Ending::Panicked(payload))),
        };
        match (place, ending) {
            (None, Some(Ending::Value(value))) => Poll::Ready(Ok(value)),
            (None, Some(Ending::Panicked(payload))) => Poll::Ready(Err(payload)),
            (None, _) => Poll::Pending,
            (place, mut ending) => {
                *this.scope = Scope::with_place(place);
                // It got its place inside this poll: it may be cancelled already.
                if ending.is_none() && !this.scope.judge(None, false, cx) {
                    return Poll::Pending;
                }
                let ending = ending.take().unwrap_or_else(|| discard(this.body.as_mut(), Ending::Cancelled));
                *this.ending = Some(ending);
                poll_rest(this.scope, this.body, this.ending, this.parked, cx)
            }
        }
    }
}

/// Goes on after the first poll.
fn poll_rest<F: Future>(
    scope: &mut Scope,
    body: Pin<&mut Option<F>>,
    ending: &mut Option<Ending<F::Output>>,
    parked: &mut Option<Place>,
    cx: &mut Context<'_>,
) -> Poll<Result<F::Output, Payload>> {
    if parked.is_none() {
        if ending.is_none() {
            *ending = Some(ready!(scope.poll_body(body, cx)));
        }
        // Without a place nobody hands anything over.
        if scope.place.is_some() {
            ready!(scope.poll_adopted(cx));
        }
        let above = scope.above();
        rehome(scope.leave(None));
        match ending.take() {
            Some(Ending::Value(value)) => return Poll::Ready(Ok(value)),
            Some(Ending::Panicked(payload)) => return Poll::Ready(Err(payload)),
            Some(Ending::Cancelled) | None => *parked = above,
        }
    }
    // If the scope around it is over, it has been kept beyond its scope, and there is nothing to wait for.
    let waits = parked.as_ref().is_some_and(|above| above.tree.is_cancelled(above.node));
    assert!(waits, "an item was polled after it had been cancelled");
    Poll::Pending
}

impl<F: Future> fmt::Debug for Item<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Item").field(&self.scope).finish()
    }
}
