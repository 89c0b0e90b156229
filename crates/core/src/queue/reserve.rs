//! A place first, the item later.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::put_error::{PutError, TryPutError};
use crate::queue::queue::Queue;
use crate::queue::slot::Slot;
use crate::queue::state::{Phase, Wish};
use crate::waiter::Ticket;

impl<T> Queue<T> {
    /// Waits for room and keeps it, without an item yet.
    ///
    /// It differs from [`put`](Self::put) in that the item stays with its caller: a cancelled wait loses nothing.
    /// Those who reserve and those who put stand in one line.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a place that had been given is passed on to the next.
    ///
    /// # Errors
    ///
    /// [`PutError`] when the queue is shut down, also while waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let queue = Queue::bounded(1);
    /// let slot = queue.reserve().await.unwrap();
    /// assert!(queue.is_full());
    /// slot.put("made when there was room").unwrap(); // does not wait
    /// assert_eq!(queue.try_get(), Ok("made when there was room"));
    /// # }
    /// ```
    pub fn reserve(&self) -> Reserve<T> {
        Reserve { queue: self.clone(), ticket: None }
    }

    /// Keeps a place if there is room now. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryPutError::Full`] when there is no room, [`TryPutError::ShutDown`] after a shutdown.
    pub fn try_reserve(&self) -> Result<Slot<T>, TryPutError<()>> {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return Err(TryPutError::ShutDown(()));
        }
        if !state.has_room() {
            return Err(TryPutError::Full(()));
        }
        state.reserved += 1;
        drop(state);
        Ok(Slot::new(self.clone()))
    }
}

/// A wait for room, from [`Queue::reserve`].
///
/// # Cancel safety
///
/// Cancel safe: a place that had been given is passed on to the next.
#[must_use = "no place is kept until this is awaited"]
pub struct Reserve<T> {
    queue: Queue<T>,
    ticket: Option<Ticket>,
}

impl<T> Reserve<T> {
    fn poll_place(&mut self, cx: &Context<'_>) -> Poll<Result<Slot<T>, PutError<()>>> {
        let mut state = self.queue.lock();
        let Some(ticket) = self.ticket.take() else {
            if state.phase != Phase::Open {
                return Poll::Ready(Err(PutError(())));
            }
            if !state.has_room() {
                self.ticket = Some(state.putters.park(Wish::Reserve, cx.waker().clone()));
                return Poll::Pending;
            }
            state.reserved += 1;
            drop(state);
            return Poll::Ready(Ok(Slot::new(self.queue.clone())));
        };
        if state.putters.is_served(&ticket) || state.phase != Phase::Open {
            let left = state.putters.leave(ticket);
            drop(state);
            return Poll::Ready(match left {
                Some(_) => Err(PutError(())),
                None => Ok(Slot::new(self.queue.clone())),
            });
        }
        let stale = state.putters.refresh(&ticket, cx.waker());
        drop(state);
        drop(stale);
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl<T> Future for Reserve<T> {
    type Output = Result<Slot<T>, PutError<()>>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let polled = self.poll_place(cx);
        if polled.is_ready() {
            budget.made_progress();
        }
        polled
    }
}

impl<T> Drop for Reserve<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.queue.lock();
            let left = state.putters.leave(ticket);
            drop(state);
            if left.is_none() {
                self.queue.free_reserved();
            }
        }
    }
}

impl<T> fmt::Debug for Reserve<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reserve")
            .field("queue", &self.queue)
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
