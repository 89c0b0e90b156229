//! Offering an item.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::channel::channel::Channel;
use crate::queue::put_error::{PutError, TryPutError};
use crate::waiter::Ticket;

impl<T> Channel<T> {
    /// Offers an item and waits until a getter has taken it.
    ///
    /// # Cancel safety
    ///
    /// Dropped before a getter took the item, the put never happens and the item is dropped with it.
    ///
    /// # Errors
    ///
    /// [`PutError`] with the item when the channel is shut down, also while waiting.
    pub fn put(&self, item: T) -> ChannelPut<T> {
        ChannelPut { channel: self.clone(), item: Some(item), ticket: None }
    }

    /// Passes an item to a getter that waits now. Never waits.
    ///
    /// It returns before the getter has run. If that getter is cancelled the item goes to the next, and if none
    /// waits, to the first that comes.
    ///
    /// # Errors
    ///
    /// [`TryPutError::Full`] when no getter is waiting, [`TryPutError::ShutDown`] after a shutdown; both with the
    /// item.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::{Channel, TryPutError};
    /// let channel = Channel::new();
    /// assert_eq!(channel.try_put(1), Err(TryPutError::Full(1))); // nobody waits
    /// ```
    #[doc(alias = "put_nowait")]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        let mut state = self.lock();
        if state.shut_down {
            return Err(TryPutError::ShutDown(item));
        }
        if state.getters.is_empty() {
            return Err(TryPutError::Full(item));
        }
        state.leave_item(item);
        let wakes = state.settle();
        drop(state);
        wakes.wake();
        Ok(())
    }
}

/// A put under way, from [`Channel::put`].
///
/// # Cancel safety
///
/// Dropped before a getter took the item it never happens; see [`Channel::put`].
#[must_use = "nothing is put until this is awaited"]
pub struct ChannelPut<T> {
    channel: Channel<T>,
    /// Here before the first poll; then in the line.
    item: Option<T>,
    ticket: Option<Ticket>,
}

// The item is moved, never pinned.
impl<T> Unpin for ChannelPut<T> {}

impl<T> ChannelPut<T> {
    fn poll_offer(&mut self, cx: &Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let mut state = self.channel.lock();
        if let Some(item) = self.item.take() {
            if state.shut_down {
                return Poll::Ready(Err(PutError(item)));
            }
            self.ticket = Some(state.park_putter(item, cx.waker().clone()));
            let wakes = state.settle();
            drop(state);
            wakes.wake();
            return Poll::Pending;
        }
        let ticket = self.ticket.take().expect("a put is not polled after it ended");
        if state.putters.is_served(&ticket) || state.shut_down {
            let left = state.leave_putters(ticket);
            drop(state);
            return Poll::Ready(match left {
                Some((_, item)) => Err(PutError(item)),
                None => Ok(()),
            });
        }
        let stale = state.putters.refresh(&ticket, cx.waker());
        drop(state);
        drop(stale);
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl<T> Future for ChannelPut<T> {
    type Output = Result<(), PutError<T>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let polled = self.poll_offer(cx);
        if polled.is_ready() {
            budget.made_progress();
        }
        polled
    }
}

impl<T> Drop for ChannelPut<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.channel.lock();
            let left = state.leave_putters(ticket);
            drop(state);
            drop(left);
        }
    }
}

impl<T> fmt::Debug for ChannelPut<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChannelPut")
            .field("channel", &self.channel)
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
