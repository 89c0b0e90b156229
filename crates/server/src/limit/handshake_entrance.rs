//! Where a connection waits for its handshake.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Sleep, sleep_until};

use crate::limit::gate::Ticket;
use crate::limit::state::State;
use crate::limit::{HandshakePermit, Rank};

/// One place before the handshakes, first come, first served. Whoever waits makes one that has taken long give up.
///
/// # Cancel safety
///
/// Dropped while waiting, it leaves the line and passes on what it was granted.
#[must_use = "a future does nothing unless it is awaited"]
pub(crate) struct HandshakeEntrance {
    state: Arc<State>,
    ticket: Option<Ticket>,
    /// When to look again whether somebody has taken long.
    patience: Option<Pin<Box<Sleep>>>,
    has_pushed: bool,
}

impl HandshakeEntrance {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state, ticket: None, patience: None, has_pushed: false }
    }
}

impl Future for HandshakeEntrance {
    type Output = HandshakePermit;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<HandshakePermit> {
        let this = self.get_mut();
        if this.state.handshakes.enter(Rank::Ordinary, &mut this.ticket, context.waker()) {
            return Poll::Ready(HandshakePermit::new(Arc::clone(&this.state)));
        }
        this.push(context);
        Poll::Pending
    }
}

impl HandshakeEntrance {
    /// Makes the oldest give up, once, as soon as it has taken long.
    fn push(&mut self, context: &mut Context<'_>) {
        while !self.has_pushed {
            match self.state.turns.push() {
                Ok(()) => self.has_pushed = true,
                Err(due) => {
                    let patience = self.patience.get_or_insert_with(|| Box::pin(sleep_until(due)));
                    if patience.deadline() != due {
                        patience.as_mut().reset(due);
                    }
                    if patience.as_mut().poll(context).is_pending() {
                        return;
                    }
                }
            }
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
