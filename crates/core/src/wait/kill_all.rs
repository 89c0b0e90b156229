//! Killing many tasks.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use super::gathering::Gathering;
use crate::exit::{Exit, Reason};
use crate::task::{AnyTask, Kill};

/// Asks all tasks to end, and waits until their clean-ups have run and they are over; tells how each ended, in the order
/// in which they were given.
///
/// All are asked before any of them runs again; one that was never polled does not run at all. They clean up
/// concurrently. Nothing happens until the returned [`KillAll`] is awaited, or told [`nowait`](KillAll::nowait).
/// A task may be among those it kills: it stops at this await, as with [`kill`](AnyTask::kill).
///
/// gevent: `gevent.killall`, whose `timeout` gives up waiting, while [`within`](KillAll::within) makes an end of it.
///
/// # Cancel safety
///
/// Once polled, the kills stand; dropping the future only ends the wait.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Exit, kill_all, spawn};
///
/// let tasks = [1, 2, 3].map(|_| spawn(std::future::pending::<()>()));
/// let exits = kill_all(&tasks).reason("closing time").await;
/// assert!(exits.iter().all(Exit::is_killed));
/// # }
/// ```
#[doc(alias = "killall")]
pub fn kill_all<I>(tasks: I) -> KillAll
where
    I: IntoIterator<Item: Into<AnyTask>>,
{
    let gathering = Gathering::new(tasks.into_iter().map(|task| task.into().kill()));
    KillAll { exits: vec![None; gathering.len()], gathering }
}

/// A kill of many: awaited, it asks all to end and waits until they are over; made by [`kill_all`].
///
/// # Cancel safety
///
/// Once polled, the kills stand; dropping the future only ends the wait.
#[must_use = "a kill does nothing unless it is awaited or told `nowait`"]
pub struct KillAll {
    gathering: Gathering<Kill>,
    exits: Vec<Option<Exit>>,
}

impl KillAll {
    /// Limits the time for clean-ups, of all together; see [`Kill::within`]. To be called before the first poll.
    pub fn within(mut self, grace: Duration) -> Self {
        self.gathering = self.gathering.map(|kill| kill.within(grace));
        self
    }

    /// Says why; see [`Kill::reason`]. To be called before the first poll.
    pub fn reason(mut self, reason: impl Into<Reason>) -> Self {
        let reason = reason.into();
        self.gathering = self.gathering.map(|kill| kill.reason(reason.clone()));
        self
    }

    /// Asks all to end, and does not wait.
    #[doc(alias = "block")]
    pub fn nowait(self) {
        self.gathering.into_futures().for_each(Kill::nowait);
    }
}

impl Future for KillAll {
    type Output = Vec<Exit>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Exit>> {
        let this = self.get_mut();
        while let Some((index, exit)) = ready!(this.gathering.poll_next(cx)) {
            this.exits[index] = Some(exit);
        }
        this.gathering.dismiss();
        // All are over, so that there is one of each.
        Poll::Ready(this.exits.drain(..).map(|exit| exit.unwrap_or(Exit::Lost)).collect())
    }
}

impl fmt::Debug for KillAll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KillAll")
            .field("tasks", &self.exits.len())
            .field("over", &self.exits.iter().flatten().count())
            .finish_non_exhaustive()
    }
}
