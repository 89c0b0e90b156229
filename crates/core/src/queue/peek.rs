//! Looking at the next item.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::task::coop;

use crate::queue::get_error::{GetError, TryGetError};
use crate::queue::loan::Loan;
use crate::queue::queue::Queue;
use crate::queue::state::Turn;
use crate::waiter::Ticket;

impl<T: Clone> Queue<T> {
    /// A copy of the next item, which stays where it is; waits for one if there is none.
    ///
    /// Peekers stand in the same line as getters and are served in their turn. By the time one looks at the copy
    /// the item may be gone. `T::clone` runs without the queue's lock: putters go on meanwhile, getters wait for its
    /// end, and [`try_get`](Self::try_get) reports `Empty`. Where cloning is dear keep `Arc`s in the queue.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: nothing is taken. A peeker that is dropped when its turn has come passes the turn on.
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
    /// queue.put("next").await.unwrap();
    /// assert_eq!(queue.peek().await, Ok("next"));
    /// assert_eq!(queue.len(), 1);
    /// # }
    /// ```
    pub fn peek(&self) -> QueuePeek<T> {
        QueuePeek { queue: self.clone(), ticket: None }
    }

    /// A copy of the next item if there is one now. Never waits.
    ///
    /// # Errors
    ///
    /// [`TryGetError::Empty`] when there is nothing to take (see [`try_get`](Self::try_get)),
    /// [`TryGetError::ShutDown`] when nothing will come.
    #[doc(alias = "peek_nowait")]
    pub fn try_peek(&self) -> Result<T, TryGetError> {
        let state = self.lock();
        if state.has_free_item() {
            let loan = Loan::take(self, state);
            return loan.item().cloned().ok_or(TryGetError::Empty);
        }
        Err(if state.is_over() { TryGetError::ShutDown } else { TryGetError::Empty })
    }
}

/// A peek under way, from [`Queue::peek`].
///
/// # Cancel safety
///
/// Cancel safe: it takes nothing.
#[must_use = "nothing is looked at until this is awaited"]
pub struct QueuePeek<T> {
    queue: Queue<T>,
    ticket: Option<Ticket>,
}

impl<T: Clone> Future for QueuePeek<T> {
    type Output = Result<T, GetError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let budget = ready!(coop::poll_proceed(cx));
        let this = &mut *self;
        let mut state = this.queue.lock();
        let polled = match state.turn(&mut this.ticket, cx.waker()) {
            Turn::Now => {
                let loan = Loan::take(&this.queue, state);
                Poll::Ready(loan.item().cloned().ok_or(GetError))
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
        };
        if polled.is_ready() {
            budget.made_progress();
        }
        polled
    }
}

impl<T> Drop for QueuePeek<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.queue.leave_getters(ticket);
        }
    }
}

impl<T> fmt::Debug for QueuePeek<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuePeek")
            .field("queue", &self.queue)
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}
