//! Waiting until everything that was put is done.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::{fmt, io};

use crate::queue::queue::Queue;
use crate::queue::wakes::Wakes;
use crate::waiter::Ticket;

impl<T> Queue<T> {
    /// Says that one item got from the queue has been dealt with.
    ///
    /// [`get_job`](Self::get_job) does it by itself, also when the worker is killed; prefer that.
    ///
    /// # Errors
    ///
    /// [`TaskDoneError`] when everything that was put is done already.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// let queue = Queue::unbounded();
    /// queue.try_put("work").unwrap();
    /// queue.try_get().unwrap();
    /// assert_eq!(queue.unfinished(), 1);
    /// queue.task_done().unwrap();
    /// assert!(queue.task_done().is_err()); // once too often
    /// ```
    pub fn task_done(&self) -> Result<(), TaskDoneError> {
        let mut state = self.lock();
        if state.unfinished == 0 {
            return Err(TaskDoneError);
        }
        let mut wakes = Wakes::default();
        state.finish(1, &mut wakes);
        drop(state);
        wakes.wake();
        Ok(())
    }

    /// How many items were put and are not done: those stored, and those got and still worked at.
    #[must_use]
    #[doc(alias("unfinished_tasks"))]
    pub fn unfinished(&self) -> usize {
        self.lock().unfinished
    }

    /// Waits until no item is unfinished; at once if none is.
    ///
    /// An item counts from the moment it is stored, until its [`Job`](crate::Job) is dropped or
    /// [`task_done`](Self::task_done) is called. [`shutdown_now`](Self::shutdown_now) counts what it drops as done.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let jobs = Queue::unbounded();
    /// jobs.put("a").await.unwrap();
    /// tokio::spawn({
    ///     let jobs = jobs.clone();
    ///     async move {
    ///         while let Ok(job) = jobs.get_job().await {
    ///             assert_eq!(*job, "a");
    ///         } // each job is done when it is dropped
    ///     }
    /// });
    /// jobs.join().await;
    /// assert_eq!(jobs.unfinished(), 0);
    /// # }
    /// ```
    pub fn join(&self) -> QueueJoin<T> {
        QueueJoin { queue: self.clone(), ticket: None }
    }
}

/// A wait until nothing is unfinished, from [`Queue::join`].
///
/// # Cancel safety
///
/// Cancel safe.
#[must_use = "nothing is waited for until this is awaited"]
pub struct QueueJoin<T> {
    queue: Queue<T>,
    ticket: Option<Ticket>,
}

impl<T> Future for QueueJoin<T> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut state = this.queue.lock();
        let Some(ticket) = this.ticket.take() else {
            if state.unfinished == 0 {
                return Poll::Ready(());
            }
            this.ticket = Some(state.joiners.park((), cx.waker().clone()));
            return Poll::Pending;
        };
        if state.joiners.is_served(&ticket) {
            let left = state.joiners.leave(ticket);
            drop(state);
            drop(left);
            return Poll::Ready(());
        }
        let stale = state.joiners.refresh(&ticket, cx.waker());
        this.ticket = Some(ticket);
        drop(state);
        drop(stale);
        Poll::Pending
    }
}

impl<T> Drop for QueueJoin<T> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let mut state = self.queue.lock();
            let left = state.joiners.leave(ticket);
            drop(state);
            drop(left);
        }
    }
}

impl<T> fmt::Debug for QueueJoin<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueJoin")
            .field("queue", &self.queue)
            .field("waiting", &self.ticket.is_some())
            .finish()
    }
}

/// [`Queue::task_done`] was called more often than items were put.
///
/// As an [`io::Error`] it is `InvalidInput`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete: it says one thing")]
pub struct TaskDoneError;

impl fmt::Display for TaskDoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("every item that was put is done already")
    }
}

impl Error for TaskDoneError {}

impl From<TaskDoneError> for io::Error {
    fn from(error: TaskDoneError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
