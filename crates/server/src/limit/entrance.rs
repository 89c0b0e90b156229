//! Where an accept loop waits for a permit.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use greenroom_core::{PoolClosed, PoolReserve};

use crate::limit::gate::Ticket;
use crate::limit::state::State;
use crate::limit::{Permit, Rank};

/// One place before the gate. Dropped while waiting, it leaves the line and passes on what it was granted.
pub(crate) struct Entrance {
    state: Arc<State>,
    rank: Rank,
    ticket: Option<Ticket>,
    /// Its place in the line of the pool.
    reserving: Option<PoolReserve>,
}

impl Entrance {
    pub(super) const fn new(state: Arc<State>, rank: Rank) -> Self {
        Self { state, rank, ticket: None, reserving: None }
    }

    /// A permit, now or in turn: where there is a pool, with a slot of it. An error if the pool was killed, which has
    /// none any more.
    ///
    /// What the gate granted is not kept while the pool lets it wait, so nobody waits for a permit that nobody uses.
    /// What the pool granted is kept while the gate lets it wait, so two of them do not chase each other.
    pub(crate) fn poll_enter(&mut self, context: &mut Context<'_>) -> Poll<Result<Permit, PoolClosed<()>>> {
        let Self { state, rank, ticket, reserving } = self;
        if !state.connections.enter(*rank, ticket, context.waker()) {
            return Poll::Pending;
        }
        let slot = match (&state.pool, *rank) {
            (Some(pool), Rank::Ordinary) => {
                let polled = Pin::new(reserving.get_or_insert_with(|| pool.reserve())).poll(context);
                if polled.is_ready() {
                    *reserving = None;
                }
                if !matches!(polled, Poll::Ready(Ok(_))) {
                    state.leave(false);
                }
                Some(ready!(polled)?)
            }
            _ => None,
        };
        Poll::Ready(Ok(Permit::new(Arc::clone(state), slot)))
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.state.connections.forget(ticket);
        }
    }
}
