//! Taking what is offered.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::channel::channel::Channel;
use crate::queue::channel::state::Turn;
use crate::queue::get_error::{GetError, TryGetError};
use crate::waiter::Ticket;

impl<T> Channel<T> {
    /// Takes the oldest offer, waiting for one if there is none. The putter goes on afterwards.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: an item is taken only in the poll that returns it. A getter that is dropped when its turn has
    /// come passes the turn on to the next.
    ///
    /// # Errors
    ///
    /// [`GetError`] when the channel is shut down, also while waiting.
    pub fn get(&self) -> ChannelGet<T> {
        ChannelGet { channel: self.clone(), ticket: None }
    }

    /// Takes the oldest offer if there is one now that no waiting getter has been promised. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryGetError::Empty`] when nothing is offered, [`TryGetError::ShutDown`] after a shutdown.
    #[doc(alias = "get_nowait")]
    pub fn try_get(&self) -> Result<T, TryGetError> {
        let mut state = self.lock();
        match state.take_free() {
            Some((item, wakes)) => {
                drop(state);
                wakes.wake();
                Ok(item)
            }
            None if state.is_over() => Err(TryGetError::ShutDown),
            None => Err(TryGetError::Empty),
        }
    }
}

/// A get under way, from [`Channel::get`].
///
/// # Cancel safety
///
/// Cancel safe: it holds no item between polls.
#[must_use = "nothing is taken until this is awaited"]
pub struct ChannelGet<T> {
    channel: Channel<T>,
    ticket: Option<Ticket>,
}

impl<T> ChannelGet<T> {
    pub(super) fn channel(&self) -> &Channel<T> {
        &self.channel
    }
}

impl<T> Future for ChannelGet<T> {
    type Output = Result<T, GetError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let this = &mut *self;
        let mut state = this.channel.lock();
        let turn = state.turn(&mut this.ticket, cx.waker());
        drop(state);
        match turn {
            Turn::Took(item, wakes) => {
                wakes.wake();
                budget.made_progress();
                Poll::Ready(Ok(item))
            }
            Turn::Over(stale) => {
                drop(stale);
                budget.made_progress();
                Poll::Ready(Err(GetError))
            }
            Turn::Wait(stale) => {
                drop(stale);
                Poll::Pending
            }
        }
    }
}

impl<T> Drop for ChannelGet<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.channel.lock();
            let (wakes, stale) = state.leave_getters(ticket);
            drop(state);
            drop(stale);
            wakes.wake();
        }
    }
}

impl<T> fmt::Debug for ChannelGet<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelGet")
            .field("channel", &self.channel)
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
