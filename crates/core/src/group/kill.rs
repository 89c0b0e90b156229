//! Killing all members.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use crate::crew::Keeper;
use crate::exit::{Exit, Reason};

/// A kill of all members: awaited, it asks them to end and waits until they have; made by
/// [`Group::kill`](crate::Group::kill) and [`Pool::kill`](crate::Pool::kill).
///
/// Those who become members while it waits are killed too, each once, and before it first runs if it has not. It
/// tells how they ended, in the order in which they became members: as a rule `Killed`.
///
/// A member that kills its own group is stopped at this await. In its own clean-up or shield it waits for the others.
///
/// # Cancel safety
///
/// Once polled, the kill of those who were members stands; dropping the future ends the wait, and later members live.
#[derive(Debug)]
#[must_use = "a kill does nothing unless it is awaited or told `nowait`"]
pub struct GroupKill {
    keeper: Arc<Keeper>,
    /// A pool takes nobody in any more.
    closes: bool,
    reason: Reason,
    grace: Option<Duration>,
    /// Absent before the first poll.
    number: Option<u64>,
}

impl GroupKill {
    pub(crate) fn new(keeper: Arc<Keeper>, closes: bool) -> Self {
        Self { keeper, closes, reason: Reason::default(), grace: None, number: None }
    }

    /// Limits the time for clean-ups, counted for all from the first poll or from [`nowait`](Self::nowait). Without a
    /// limit they take as long as they take. Who is left then is cut off: [`Exit::CutOff`].
    pub fn within(mut self, grace: Duration) -> Self {
        self.grace = Some(grace);
        self
    }

    /// Says why; everybody who waits for one of the tasks reads it. None by default.
    pub fn reason(mut self, reason: impl Into<Reason>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Asks those to end who are members now, and does not wait.
    #[doc(alias = "block")]
    pub fn nowait(mut self) {
        self.begin(false);
    }

    fn begin(&mut self, stay: bool) -> u64 {
        if self.closes {
            self.keeper.close(self.reason.clone());
        }
        // A grace that reaches beyond the end of time is none.
        let deadline = self.grace.and_then(|grace| Instant::now().checked_add(grace));
        self.keeper.begin_kill(self.reason.clone(), deadline, stay)
    }
}

impl Future for GroupKill {
    type Output = Vec<Exit>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<Exit>> {
        let this = self.get_mut();
        let number = match this.number {
            Some(number) => number,
            None => {
                let number = this.begin(true);
                this.number = Some(number);
                number
            }
        };
        this.keeper.poll_kill(number, cx)
    }
}

impl Drop for GroupKill {
    fn drop(&mut self) {
        if let Some(number) = self.number {
            drop(self.keeper.end_kill(number));
        }
    }
}
