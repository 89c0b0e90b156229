//! One scope, and how it polls what is inside it.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use super::here::{Place, enter_scope, enter_vacant, hold, leave_scope, leave_vacant};
use super::sheltered::{Sheltered, poll_sheltered};
use super::tree::{Cleanup, Shelter, Verdict};
use crate::exit::{Payload, bury, contain, swallow};

/// How the body of a scope ended.
pub(crate) enum Ending<T> {
    Value(T),
    Panicked(Payload),
    Cancelled,
}

/// A scope: its place in the tree, once something needed one, and the clean-ups it adopted.
#[derive(Default)]
pub(crate) struct Scope {
    pub(crate) place: Option<Place>,
    shelter: Shelter,
    pub(crate) adopted: Vec<Sheltered>,
}

impl Scope {
    pub(crate) const fn new(shelter: Shelter) -> Self {
        Self { place: None, shelter, adopted: Vec::new() }
    }

    /// A scope that got its place while it was polled for the first time.
    pub(crate) fn with_place(place: Option<Place>) -> Self {
        Self { place, ..Self::default() }
    }

    /// Takes a place in the tree; for scopes whose clean-up a kill must find.
    pub(crate) fn settle(&mut self) {
        if self.place.is_none() {
            self.place = Some(hold(self.shelter));
        }
    }

    /// Whether nothing was adopted, and nothing can be.
    pub(crate) fn is_empty(&self) -> bool {
        self.place.is_none() && self.adopted.is_empty()
    }

    pub(crate) fn is_settled(&self) -> bool {
        self.place.is_some()
    }

    /// Before a poll: leaves the waker and fetches what was handed over. `Some(verdict)` if the scope is cancelled, and
    /// the waker for what is inside, if that is not the one it was polled with.
    pub(crate) fn attend(&mut self, cx: &Context<'_>) -> (Option<Verdict>, Option<Waker>) {
        let Some(place) = self.place.as_ref() else { return (None, None) };
        let attention = place.tree.attend(place.node, cx.waker());
        self.adopted.extend(attention.adopted.into_iter().map(Sheltered::new));
        let verdict = if attention.childless { Verdict::Innermost } else { Verdict::Wait };
        (attention.cancelled.then_some(verdict), attention.watch.map(Waker::from))
    }

    /// After a pending poll of a scope that was cancelled, or had no place before: may its body be dropped?
    pub(crate) fn judge(&mut self, before: Option<Verdict>, settled: bool, cx: &Context<'_>) -> bool {
        let mut cancelled = before.is_some();
        if !settled {
            let (verdict, watch) = self.attend(cx);
            cancelled = verdict.is_some();
            if let Some(watch) = watch {
                // What is inside has not seen it yet.
                watch.wake();
            } else if !self.adopted.is_empty() {
                // Handed over before there was a waker to wake: nobody else will ask for its first poll.
                cx.waker().wake_by_ref();
            }
        }
        let Some(place) = self.place.as_ref().filter(|_| cancelled) else { return false };
        match place.tree.judge(place.node) {
            Verdict::Innermost => return true,
            Verdict::Again => cx.waker().wake_by_ref(),
            Verdict::Wait => {}
        }
        false
    }

    /// Polls a body, and beside it what was adopted, until the body is over and dropped.
    pub(crate) fn poll_body<B: Future>(
        &mut self,
        mut body: Pin<&mut Option<B>>,
        cx: &mut Context<'_>,
    ) -> Poll<Ending<B::Output>> {
        let settled = self.place.is_some();
        let (before, watch) = self.attend(cx);
        if before == Some(Verdict::Innermost) {
            return Poll::Ready(discard(body, Ending::Cancelled));
        }
        let mut inner = Context::from_waker(watch.as_ref().unwrap_or(cx.waker()));
        let polled = self.within(|scope| {
            let cx = &mut inner;
            contain(|| {
                let _ = poll_sheltered(&mut scope.adopted, cx);
                body.as_mut().as_pin_mut().map(|body| body.poll(cx))
            })
        });
        match polled {
            Ok(Some(Poll::Pending)) if !self.judge(before, settled, cx) => Poll::Pending,
            Ok(Some(Poll::Pending)) => Poll::Ready(discard(body, Ending::Cancelled)),
            Ok(Some(Poll::Ready(value))) => Poll::Ready(discard(body, Ending::Value(value))),
            Ok(None) => panic!("a scope was polled after its end"),
            Err(payload) => Poll::Ready(discard(body, Ending::Panicked(payload))),
        }
    }

    /// Polls what was adopted until nothing is left of it.
    pub(crate) fn poll_adopted(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let (_, watch) = self.attend(cx);
            if self.adopted.is_empty() {
                return Poll::Ready(());
            }
            let cx = &mut Context::from_waker(watch.as_ref().unwrap_or(cx.waker()));
            if self.within(|scope| poll_sheltered(&mut scope.adopted, cx)).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// Polls a body until it is over and dropped, and then what was adopted until nothing is left of it.
    pub(crate) fn poll_whole<B: Future>(
        &mut self,
        body: Pin<&mut Option<B>>,
        ending: &mut Option<Ending<B::Output>>,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        if ending.is_none() {
            *ending = Some(ready!(self.poll_body(body, cx)));
        }
        self.poll_adopted(cx)
    }

    /// Runs code that does not panic with this scope as the innermost. It may have got a place by then.
    #[inline]
    pub(crate) fn within<R>(&mut self, code: impl FnOnce(&mut Self) -> R) -> R {
        let Some(place) = self.place.take() else {
            enter_vacant();
            let result = code(self);
            self.place = leave_vacant();
            return result;
        };
        let entered = enter_scope(place, self.shelter);
        let result = code(self);
        self.place = leave_scope(entered);
        result
    }

    /// Cancels everything inside, and the scope itself.
    pub(crate) fn cancel(&self) {
        if let Some(place) = &self.place {
            place.tree.cancel(place.node);
        }
    }

    /// The scope around this one.
    pub(crate) fn above(&self) -> Option<Place> {
        let Place { tree, node } = self.place.as_ref()?;
        Some(Place { node: tree.parent(*node)?, tree: tree.clone() })
    }

    /// The scope is over, or dropped: what it adopted, and then its own clean-up, go to the scope around it.
    ///
    /// Given back when there is none: it must run somewhere all the same.
    #[must_use = "a clean-up that nobody adopted must run somewhere"]
    pub(crate) fn leave(&mut self, own: Option<Sheltered>) -> Option<Cleanup> {
        if self.is_empty() && own.is_none() {
            return None;
        }
        let above = self.above();
        let mut adopted = mem::take(&mut self.adopted);
        if let Some(Place { tree, node }) = self.place.take() {
            adopted.extend(tree.leave(node).into_iter().map(Sheltered::new));
            if tree.is_dead() {
                // One by one: a second panic, while the first unwinds, would abort the process.
                adopted.into_iter().chain(own).for_each(|cleanup| swallow(|| drop(cleanup)));
                return None;
            }
        }
        let cleanup = bundle(adopted, own)?;
        match above {
            Some(Place { tree, node }) => tree.adopt(node, cleanup).err(),
            None => Some(cleanup),
        }
    }
}

/// One clean-up of several: those adopted, side by side, then the scope's own.
fn bundle(mut adopted: Vec<Sheltered>, own: Option<Sheltered>) -> Option<Cleanup> {
    if adopted.is_empty() && own.is_none() {
        return None;
    }
    let mut own: Vec<_> = own.into_iter().collect();
    Some(Box::pin(async move {
        std::future::poll_fn(|cx| poll_sheltered(&mut adopted, cx)).await;
        std::future::poll_fn(|cx| poll_sheltered(&mut own, cx)).await;
    }))
}

/// Drops a body; a panic in its drop is the ending, unless there is a panic already.
pub(crate) fn discard<B, T>(mut body: Pin<&mut Option<B>>, ending: Ending<T>) -> Ending<T> {
    match (contain(|| body.set(None)), ending) {
        (Ok(()), ending) => ending,
        (Err(second), Ending::Panicked(first)) => {
            bury(second);
            Ending::Panicked(first)
        }
        (Err(payload), ending) => {
            swallow(|| drop(ending));
            Ending::Panicked(payload)
        }
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("place", &self.place)
            .field("adopted", &self.adopted.len())
            .finish_non_exhaustive()
    }
}
