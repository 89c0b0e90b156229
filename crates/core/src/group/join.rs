//! Waiting until a group is empty.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::crew::Keeper;
use crate::waiter::Ticket;

/// Waits until a group or pool has no member; made by [`Group::join`](crate::Group::join) and
/// [`Pool::join`](crate::Pool::join).
///
/// # Cancel safety
///
/// Dropping it gives up the place among those who wait, nothing else.
///
/// # Panics
///
/// When polled by a member of the group, which would wait for itself for ever.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct GroupJoin {
    keeper: Arc<Keeper>,
    ticket: Option<Ticket>,
}

impl GroupJoin {
    pub(crate) fn new(keeper: Arc<Keeper>) -> Self {
        Self { keeper, ticket: None }
    }
}

impl Future for GroupJoin {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self { keeper, ticket } = self.get_mut();
        assert!(
            !keeper.has_current(),
            "a member of a group waits until the group is empty, which would be for ever"
        );
        keeper.poll_empty(ticket, cx)
    }
}

impl Drop for GroupJoin {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.keeper.leave_joiners(ticket);
        }
    }
}
