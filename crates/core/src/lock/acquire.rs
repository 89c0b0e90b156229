use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::Permit;
use super::permits::{Need, Permits};
use crate::waiter::Ticket;

/// Waits for a [`Permit`]; made by [`Semaphore::acquire`](crate::Semaphore::acquire),
/// [`BoundedSemaphore::acquire`](crate::BoundedSemaphore::acquire) and their siblings.
///
/// # Cancel safety
///
/// Cancel safe: dropping it gives up its place in the line. A permit that had been handed to it goes to the next.
///
/// # Panics
///
/// If it is polled after it has given its permit.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Acquire {
    /// Moves on into the permit.
    permits: Option<Arc<Permits>>,
    count: usize,
    ticket: Option<Ticket>,
}

impl Acquire {
    #[inline]
    pub(super) fn new(permits: &Arc<Permits>, count: usize) -> Self {
        Self { permits: Some(Arc::clone(permits)), count, ticket: None }
    }
}

impl Future for Acquire {
    type Output = Permit;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Permit> {
        let this = self.get_mut();
        let permits = this.permits.as_ref().expect("`Acquire` was polled after it had given its permit");
        ready!(permits.poll_take(Need::take(this.count), &mut this.ticket, context));
        let permits = this.permits.take().expect("only a ready poll takes it");
        Poll::Ready(Permit::new(permits, this.count))
    }
}

impl Drop for Acquire {
    #[inline]
    fn drop(&mut self) {
        if let (Some(permits), Some(ticket)) = (self.permits.take(), self.ticket.take()) {
            permits.leave(Need::take(self.count), ticket);
        }
    }
}

impl fmt::Debug for Acquire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Acquire")
            .field("count", &self.count)
            .field("in_line", &self.ticket.is_some())
            .finish_non_exhaustive()
    }
}
