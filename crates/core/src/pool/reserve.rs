//! Waiting for a slot before there is anything to run in it.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::{PoolClosed, PoolSlot};
use crate::crew::Keeper;
use crate::waiter::Ticket;

/// Waits for a slot and takes it; made by [`Pool::reserve`](crate::Pool::reserve).
///
/// # Cancel safety
///
/// Dropping it gives its place in the line up; a slot that had been handed to it goes to the next.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct PoolReserve {
    keeper: Arc<Keeper>,
    ticket: Option<Ticket>,
}

impl PoolReserve {
    pub(super) fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper, ticket: None }
    }
}

impl Future for PoolReserve {
    type Output = Result<PoolSlot, PoolClosed<()>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { keeper, ticket } = self.get_mut();
        keeper.poll_slot(ticket, cx).map(|slot| match slot {
            Ok(slot) => Ok(PoolSlot::new(keeper.clone(), slot)),
            Err(reason) => Err(PoolClosed { inner: (), reason }),
        })
    }
}

impl Drop for PoolReserve {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.keeper.leave_line(ticket);
        }
    }
}
