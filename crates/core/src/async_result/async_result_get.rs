use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::AsyncResult;
use crate::waiter::Ticket;

/// Waits for an [`AsyncResult`] and resolves with a clone of it; made by [`AsyncResult::get`].
///
/// # Cancel safety
///
/// Cancel safe: dropping it has no effect on the result or on others who wait.
#[must_use = "a future does nothing unless it is awaited"]
pub struct AsyncResultGet<T, E> {
    result: AsyncResult<T, E>,
    ticket: Option<Ticket>,
}

impl<T, E> AsyncResultGet<T, E> {
    pub(super) fn new(result: AsyncResult<T, E>) -> Self {
        Self { result, ticket: None }
    }
}

impl<T: Clone, E: Clone> Future for AsyncResultGet<T, E> {
    type Output = Result<T, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        this.result.poll_outcome(&mut this.ticket, context).map(Clone::clone)
    }
}

impl<T, E> Drop for AsyncResultGet<T, E> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.result.leave(ticket);
        }
    }
}

impl<T, E> fmt::Debug for AsyncResultGet<T, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncResultGet").field("result", &self.result).finish_non_exhaustive()
    }
}
