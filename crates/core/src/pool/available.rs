//! Waiting for a free slot without taking it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::crew::Keeper;
use crate::waiter::Ticket;

/// Waits until a slot is free that nobody waits for; made by [`Pool::wait_available`](crate::Pool::wait_available).
///
/// # Cancel safety
///
/// Dropping it gives up the place among those who wait, nothing else.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct PoolAvailable {
    keeper: Arc<Keeper>,
    ticket: Option<Ticket>,
}

impl PoolAvailable {
    pub(super) fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper, ticket: None }
    }
}

impl Future for PoolAvailable {
    type Output = usize;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        let Self { keeper, ticket } = self.get_mut();
        keeper.poll_available(ticket, cx)
    }
}

impl Drop for PoolAvailable {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.keeper.leave_onlookers(ticket);
        }
    }
}
