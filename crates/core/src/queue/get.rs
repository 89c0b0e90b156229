//! Getting.

use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::get_error::{GetError, TryGetError};
use crate::queue::queue::Queue;
use crate::queue::state::{State, Turn};
use crate::sync::MutexGuard;
use crate::waiter::Ticket;

impl<T> Queue<T> {
    /// Takes the next item, waiting for one if there is none.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: an item leaves the queue only in the poll that returns it. A getter that is dropped when its
    /// turn has come passes the turn on to the next.
    ///
    /// # Errors
    ///
    /// [`GetError`] when the queue is shut down and nothing is left in it, also while waiting.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let queue = Queue::unbounded();
    /// queue.put(1).await.unwrap();
    /// queue.shutdown();
    /// assert_eq!(queue.get().await, Ok(1));
    /// assert!(queue.get().await.is_err());
    /// # }
    /// ```
    #[inline]
    pub fn get(&self) -> QueueGet<T, &Self> {
        QueueGet { queue: self, ticket: None, item: PhantomData }
    }

    /// Takes the next item if there is one now. Never waits.
    ///
    /// An item that a waiting getter has been promised is not there to be taken, nor is anything while another task
    /// [peeks](Self::peek) at the next item in this very moment.
    ///
    /// # Errors
    ///
    /// [`TryGetError::Empty`] when there is nothing to take, [`TryGetError::ShutDown`] when nothing will come.
    #[inline]
    #[doc(alias = "get_nowait")]
    pub fn try_get(&self) -> Result<T, TryGetError> {
        let mut state = self.lock();
        match state.take_free() {
            Some(item) => {
                taken(state);
                Ok(item)
            }
            None if state.is_over() => Err(TryGetError::ShutDown),
            None => Err(TryGetError::Empty),
        }
    }
}

/// Unlocks after a newcomer took an item, and gives its place to a putter if one waits.
#[inline]
fn taken<T>(mut state: MutexGuard<'_, State<T>>) {
    // No getter waits where a newcomer finds an item.
    if !state.putters.is_empty() {
        let wakes = state.settle();
        drop(state);
        wakes.wake();
    }
}

/// A get under way, from [`Queue::get`].
///
/// # Cancel safety
///
/// Cancel safe: it holds no item between polls.
///
/// # Examples
///
/// It borrows the handle, until it is made to own one:
///
/// ```
/// # use greenroom_core::Queue;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let queue = Queue::unbounded();
/// let got = tokio::spawn(queue.get().into_owned());
/// queue.put("news").await.unwrap();
/// assert_eq!(got.await.unwrap(), Ok("news"));
/// # }
/// ```
#[must_use = "nothing is taken until this is awaited"]
pub struct QueueGet<T, H: Borrow<Queue<T>> = Queue<T>> {
    queue: H,
    ticket: Option<Ticket>,
    item: PhantomData<fn() -> T>,
}

impl<T, H: Borrow<Queue<T>>> QueueGet<T, H> {
    /// The same get, owning its handle: to be spawned or stored. It keeps its place in the line.
    pub fn into_owned(mut self) -> QueueGet<T> {
        QueueGet { queue: self.queue.borrow().clone(), ticket: self.ticket.take(), item: PhantomData }
    }

    #[inline]
    pub(super) fn queue(&self) -> &Queue<T> {
        self.queue.borrow()
    }

    #[inline]
    fn poll_first(&mut self, cx: &Context<'_>) -> Poll<Result<T, GetError>> {
        let mut state = self.queue.borrow().lock();
        match state.take_free() {
            Some(item) => {
                taken(state);
                Poll::Ready(Ok(item))
            }
            None => Self::poll_line(&mut self.ticket, state, cx),
        }
    }

    fn poll_line(
        ticket: &mut Option<Ticket>,
        mut state: MutexGuard<'_, State<T>>,
        cx: &Context<'_>,
    ) -> Poll<Result<T, GetError>> {
        match state.turn(ticket, cx.waker()) {
            Turn::Now => {
                let item = state.store.pop().expect("who is called finds an item");
                let wakes = state.settle();
                drop(state);
                wakes.wake();
                Poll::Ready(Ok(item))
            }
            Turn::Over(stale) => {
                drop(state);
                drop(stale);
                Poll::Ready(Err(GetError))
            }
            Turn::Wait(stale) => {
                drop(state);
                drop(stale);
                Poll::Pending
            }
        }
    }
}

// Nothing in it is pinned.
impl<T, H: Borrow<Queue<T>>> Unpin for QueueGet<T, H> {}

impl<T, H: Borrow<Queue<T>>> Future for QueueGet<T, H> {
    type Output = Result<T, GetError>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let this = &mut *self;
        let polled = if this.ticket.is_none() {
            this.poll_first(cx)
        } else {
            Self::poll_line(&mut this.ticket, this.queue.borrow().lock(), cx)
        };
        if polled.is_ready() {
            budget.made_progress();
        }
        polled
    }
}

impl<T, H: Borrow<Queue<T>>> Drop for QueueGet<T, H> {
    #[inline]
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.queue.borrow().leave_getters(ticket);
        }
    }
}

impl<T> Queue<T> {
    /// Leaves the line of getters; a turn that had come is passed on.
    pub(super) fn leave_getters(&self, ticket: Ticket) {
        let mut state = self.lock();
        let (wakes, stale) = state.leave_getters(ticket);
        drop(state);
        drop(stale);
        wakes.wake();
    }
}

impl<T, H: Borrow<Queue<T>>> fmt::Debug for QueueGet<T, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueGet")
            .field("queue", self.queue.borrow())
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
