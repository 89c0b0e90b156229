use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::AsyncResult;
use crate::waiter::Ticket;

/// Waits until an [`AsyncResult`] is set; made by [`AsyncResult::wait`].
///
/// # Cancel safety
///
/// Cancel safe: dropping it has no effect on the result or on others who wait.
#[must_use = "a future does nothing unless it is awaited"]
pub struct AsyncResultWait<T, E> {
    result: AsyncResult<T, E>,
    ticket: Option<Ticket>,
}

impl<T, E> AsyncResultWait<T, E> {
    pub(super) fn new(result: AsyncResult<T, E>) -> Self {
        Self { result, ticket: None }
    }
}

impl<T, E> Future for AsyncResultWait<T, E> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.result.poll_outcome(&mut this.ticket, context).map(|_| ())
    }
}

impl<T, E> Drop for AsyncResultWait<T, E> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.result.leave(ticket);
        }
    }
}

impl<T, E> fmt::Debug for AsyncResultWait<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResultWait").field("result", &self.result).finish_non_exhaustive()
    }
}
