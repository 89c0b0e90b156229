//! Putting.

use std::borrow::Borrow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::put_error::{PutError, TryPutError};
use crate::queue::queue::Queue;
use crate::queue::state::{Phase, State, Wish};
use crate::sync::MutexGuard;
use crate::waiter::Ticket;

impl<T> Queue<T> {
    /// Stores an item, waiting for room if there is none.
    ///
    /// A waiting put is served by whoever makes room, in the order of arrival.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it stored its item, the put never happens and the item is dropped with it. Dropped after (a
    /// waiting put whose turn had come, but which was not polled again) the item stays in the queue. To keep the
    /// item through a cancelled wait use [`reserve`](Self::reserve).
    ///
    /// # Errors
    ///
    /// [`PutError`] with the item when the queue is shut down, also while waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let queue = Queue::bounded(1);
    /// queue.put("first").await.unwrap();
    /// let (put, got) = tokio::join!(queue.put("second"), queue.get());
    /// assert!(put.is_ok());
    /// assert_eq!(got, Ok("first"));
    /// # }
    /// ```
    #[inline]
    pub fn put(&self, item: T) -> QueuePut<T, &Self> {
        QueuePut { queue: self, item: Some(item), ticket: None }
    }

    /// Stores an item if there is room now. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryPutError::Full`] when there is no room, [`TryPutError::ShutDown`] after a shutdown; both with the item.
    #[inline]
    #[doc(alias = "put_nowait")]
    pub fn try_put(&self, item: T) -> Result<(), TryPutError<T>> {
        let mut state = self.lock();
        state.offer(item)?;
        stored(state);
        Ok(())
    }
}

/// Unlocks after an item was stored, and sends for a getter if one waits.
#[inline]
pub(super) fn stored<T>(mut state: MutexGuard<'_, State<T>>) {
    if !state.getters.is_empty() {
        let wakes = state.settle();
        drop(state);
        wakes.wake();
    }
}

/// A put under way, from [`Queue::put`]. It borrows the handle until it is made to [own](Self::into_owned) one.
///
/// # Cancel safety
///
/// Dropped before it stored its item it never happens; see [`Queue::put`].
#[must_use = "nothing is put until this is awaited"]
pub struct QueuePut<T, H: Borrow<Queue<T>> = Queue<T>> {
    queue: H,
    /// Here before the first poll; then stored, or in the line.
    item: Option<T>,
    ticket: Option<Ticket>,
}

// The item is moved, never pinned.
impl<T, H: Borrow<Queue<T>>> Unpin for QueuePut<T, H> {}

impl<T, H: Borrow<Queue<T>>> Future for QueuePut<T, H> {
    type Output = Result<(), PutError<T>>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let polled = match self.item.take() {
            Some(item) => self.poll_first(item, cx),
            None => self.poll_parked(cx),
        };
        if polled.is_ready() {
            budget.made_progress();
        }
        polled
    }
}

impl<T, H: Borrow<Queue<T>>> QueuePut<T, H> {
    /// The same put, owning its handle: to be spawned or stored. It keeps its place in the line.
    pub fn into_owned(mut self) -> QueuePut<T> {
        QueuePut { queue: self.queue.borrow().clone(), item: self.item.take(), ticket: self.ticket.take() }
    }

    #[inline]
    fn poll_first(&mut self, item: T, cx: &Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let mut state = self.queue.borrow().lock();
        match state.offer(item) {
            Ok(()) => {
                stored(state);
                Poll::Ready(Ok(()))
            }
            Err(TryPutError::ShutDown(item)) => Poll::Ready(Err(PutError(item))),
            Err(TryPutError::Full(item)) => {
                self.ticket = Some(state.putters.park(Wish::Store(item), cx.waker().clone()));
                Poll::Pending
            }
        }
    }

    fn poll_parked(&mut self, cx: &Context<'_>) -> Poll<Result<(), PutError<T>>> {
        let ticket = self.ticket.take().expect("a put is not polled after it ended");
        let mut state = self.queue.borrow().lock();
        if state.putters.is_served(&ticket) || state.phase != Phase::Open {
            let left = state.putters.leave(ticket);
            drop(state);
            return Poll::Ready(match left {
                Some((_, Wish::Store(item))) => Err(PutError(item)),
                Some((_, Wish::Reserve)) | None => Ok(()),
            });
        }
        let stale = state.putters.refresh(&ticket, cx.waker());
        drop(state);
        drop(stale);
        self.ticket = Some(ticket);
        Poll::Pending
    }
}

impl<T, H: Borrow<Queue<T>>> Drop for QueuePut<T, H> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.queue.borrow().lock();
            let left = state.putters.leave(ticket);
            drop(state);
            drop(left);
        }
    }
}

impl<T, H: Borrow<Queue<T>>> fmt::Debug for QueuePut<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuePut")
            .field("queue", self.queue.borrow())
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
