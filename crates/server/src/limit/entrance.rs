//! Where an accept loop waits for a permit.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::limit::gate::Ticket;
use crate::limit::{Limits, Permit};

/// One place before the gate. Dropped while waiting, it leaves the line and passes on what it was granted.
pub(crate) struct Entrance {
    limits: Limits,
    ticket: Option<Ticket>,
}

impl Entrance {
    pub(super) const fn new(limits: Limits) -> Self {
        Self { limits, ticket: None }
    }

    /// A permit, now or in turn.
    pub(crate) fn poll_enter(&mut self, context: &mut Context<'_>) -> Poll<Permit> {
        if self.limits.state.gate.lock().enter(&mut self.ticket, context.waker()) {
            Poll::Ready(Permit::new(Arc::clone(&self.limits.state)))
        } else {
            Poll::Pending
        }
    }
}

impl Drop for Entrance {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.take() else { return };
        let woken = self.limits.state.gate.lock().forget(ticket);
        if let Some(waker) = woken {
            waker.wake();
        }
    }
}
