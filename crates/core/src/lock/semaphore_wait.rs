use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::permits::{Need, Permits};
use crate::waiter::Ticket;

/// Waits until a permit could be had, without taking one; made by [`Semaphore::wait`](crate::Semaphore::wait) and
/// [`BoundedSemaphore::wait`](crate::BoundedSemaphore::wait).
///
/// # Cancel safety
///
/// Cancel safe: dropping it gives up its place in the line; it never holds a permit.
#[must_use = "a future does nothing unless it is awaited"]
pub struct SemaphoreWait {
    permits: Arc<Permits>,
    ticket: Option<Ticket>,
    is_over: bool,
}

impl SemaphoreWait {
    pub(super) fn new(permits: &Arc<Permits>) -> Self {
        Self { permits: Arc::clone(permits), ticket: None, is_over: false }
    }
}

impl Future for SemaphoreWait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.is_over =
            this.is_over || this.permits.poll_take(Need::look(), &mut this.ticket, context).is_ready();
        if this.is_over { Poll::Ready(()) } else { Poll::Pending }
    }
}

impl Drop for SemaphoreWait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.permits.leave(Need::look(), ticket);
        }
    }
}

impl fmt::Debug for SemaphoreWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SemaphoreWait").field("is_over", &self.is_over).finish_non_exhaustive()
    }
}
