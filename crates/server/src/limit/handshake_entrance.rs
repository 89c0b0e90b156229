//! Where a connection waits for its handshake.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::limit::gate::Ticket;
use crate::limit::state::State;
use crate::limit::{HandshakePermit, Rank};

/// One place before the handshakes, first come, first served.
///
/// # Cancel safety
///
/// Dropped while waiting, it leaves the line and passes on what it was granted.
#[must_use = "a future does nothing unless it is awaited"]
pub(crate) struct HandshakeEntrance {
    state: Arc<State>,
    ticket: Option<Ticket>,
}

impl HandshakeEntrance {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state, ticket: None }
    }
}

impl Future for HandshakeEntrance {
    type Output = HandshakePermit;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<HandshakePermit> {
        let Self { state, ticket } = self.get_mut();
        if state.handshakes.enter(Rank::Ordinary, ticket, context.waker()) {
            Poll::Ready(HandshakePermit::new(Arc::clone(state)))
        } else {
            Poll::Pending
        }
    }
}

impl Drop for HandshakeEntrance {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.state.handshakes.forget(ticket);
        }
    }
}
