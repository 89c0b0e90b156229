//! A clean-up while it runs.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::scope::{Ending, Scope};
use super::tree::{Cleanup, Shelter};
use crate::exit::{PanicInfo, drop_then};

/// A clean-up in a shelter of its own: no kill reaches it, and what is dropped inside it is adopted inside it.
///
/// Boxed, so that it can be handed on in the middle.
#[derive(Debug)]
pub(crate) struct Sheltered(Box<Inside>);

struct Inside {
    scope: Scope,
    body: Option<Cleanup>,
    ending: Option<Ending<()>>,
}

impl Sheltered {
    pub(crate) fn new(body: Cleanup) -> Self {
        Self(Box::new(Inside { scope: Scope::new(Shelter::Detached), body: Some(body), ending: None }))
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ending<()>> {
        let Inside { scope, body, ending } = &mut *self.0;
        // Without a place it would be no shelter to what is inside it.
        if body.is_some() {
            scope.settle();
        }
        ready!(scope.poll_whole(Pin::new(body), ending, cx));
        // Nothing is adopted any more: nothing to hand on.
        drop(scope.leave(None));
        Poll::Ready(ending.take().unwrap_or(Ending::Cancelled))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let Self { scope, body, .. } = self;
        // Only a dead tree drops a clean-up in the middle: there nobody adopts.
        drop_then(|| *body = None, || drop(scope.leave(None)));
    }
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.scope.fmt(f)
    }
}

/// Polls several side by side; those that are over are dropped, a panic in one is logged.
pub(crate) fn poll_sheltered(running: &mut Vec<Sheltered>, cx: &mut Context<'_>) -> Poll<()> {
    running.retain_mut(|cleanup| {
        let polled = cleanup.poll(cx);
        if let Poll::Ready(Ending::Panicked(payload)) = polled {
            tracing::error!(panic = %PanicInfo::of(payload), "a clean-up panicked after its scope was dropped");
            return false;
        }
        polled.is_pending()
    });
    if running.is_empty() { Poll::Ready(()) } else { Poll::Pending }
}
