//! Waiting for the end of many tasks.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::end::End;
use super::gathering::Gathering;
use crate::task::AnyTask;

/// Waits until all tasks are over, and gives them in the order in which they ended.
///
/// How they ended does not matter; ask each for its [`exit`](AnyTask::exit), or use
/// [`try_join_all`](crate::try_join_all). So nobody has looked yet at the failure of a
/// [`spawn_fallible`](crate::spawn_fallible): unless somebody asks, it is logged when the last handle goes.
///
/// A task that is given twice counts, and comes back, twice. Those that are over at the first poll come first, in the
/// order given. Without tasks it is ready at once.
///
/// gevent: `gevent.joinall`; its `count` is [`JoinAll::count`], its `timeout` a [`timeout`](crate::timeout()) around it.
///
/// # Cancel safety
///
/// Dropping the future ends the wait, nothing else; the tasks go on.
///
/// # Panics
///
/// When a task waits for itself, which would be for ever.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::{AnyTask, join_all, spawn};
///
/// let tasks = [30, 10, 20].map(|n| spawn(tokio::time::sleep(Duration::from_millis(n))));
/// let ended = join_all(&tasks).await;
/// assert_eq!(ended, [&tasks[1], &tasks[2], &tasks[0]].map(AnyTask::from));
/// # }
/// ```
#[doc(alias = "joinall")]
pub fn join_all<I>(tasks: I) -> JoinAll
where
    I: IntoIterator<Item: Into<AnyTask>>,
{
    let gathering = Gathering::new(tasks.into_iter().map(End::of));
    JoinAll { count: gathering.len(), gathering, ended: Vec::new() }
}

/// Waits for the end of many tasks; made by [`join_all`].
///
/// # Cancel safety
///
/// Dropping it ends the wait, nothing else; the tasks go on.
#[must_use = "a future does nothing unless it is awaited"]
pub struct JoinAll {
    gathering: Gathering<End>,
    ended: Vec<AnyTask>,
    count: usize,
}

impl JoinAll {
    /// Is content with so many ends. By default, and when there are fewer tasks, with all.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{join_all, spawn};
    ///
    /// let quick = spawn(async {});
    /// let slow = spawn(std::future::pending::<()>());
    /// let first = join_all([&slow, &quick]).count(1).await;
    /// assert_eq!(first[0].id(), quick.id());
    /// # }
    /// ```
    pub fn count(mut self, count: usize) -> Self {
        self.count = count.min(self.gathering.len());
        self
    }

    /// The next end; `None` when there have been enough.
    pub(super) fn poll_one(&mut self, cx: &mut Context<'_>) -> Poll<Option<&AnyTask>> {
        if self.ended.len() >= self.count {
            return Poll::Ready(None);
        }
        let next = ready!(self.gathering.poll_next(cx));
        Poll::Ready(next.and_then(|(_, task)| {
            self.ended.push(task);
            self.ended.last()
        }))
    }

    /// Gives up waiting; returns those that have ended.
    pub(super) fn finish(&mut self) -> Vec<AnyTask> {
        self.gathering.dismiss();
        mem::take(&mut self.ended)
    }
}

impl Future for JoinAll {
    type Output = Vec<AnyTask>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<AnyTask>> {
        let this = self.get_mut();
        while ready!(this.poll_one(cx)).is_some() {}
        Poll::Ready(this.finish())
    }
}

impl fmt::Debug for JoinAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinAll")
            .field("ended", &self.ended.len())
            .field("count", &self.count)
            .finish_non_exhaustive()
    }
}
