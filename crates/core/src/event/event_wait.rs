use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::Event;
use crate::waiter::Ticket;

/// Waits until an [`Event`] is set; made by [`Event::wait`].
///
/// # Cancel safety
///
/// Cancel safe: dropping it has no effect on the event or on others who wait.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct EventWait {
    event: Event,
    /// How often the event had been set when the wait began; nothing once the wait is over.
    since: Option<u64>,
    ticket: Option<Ticket>,
}

impl EventWait {
    pub(super) fn new(event: Event, since: Option<u64>) -> Self {
        Self { event, since, ticket: None }
    }
}

impl Future for EventWait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if let Some(since) = this.since {
            ready!(this.event.poll_set(since, &mut this.ticket, context));
            this.since = None;
        }
        Poll::Ready(())
    }
}

impl Drop for EventWait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.event.leave(ticket);
        }
    }
}
