//! Killing a task, and waiting until it is over.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::Instant;

use super::any_task::AnyTask;
use super::join::EndWait;
use crate::exit::{Exit, Reason, swallow};
use crate::record::{KillOrder, control, order_kill};
use crate::scope::{is_current, is_sheltered};

/// A kill: awaited, it asks the task to end and waits until it is over; made by [`AnyTask::kill`].
///
/// The task's body is dropped at its next suspension, its clean-ups run, innermost first, and then everybody learns of
/// [`Exit::Killed`]. A task that was never polled does not run at all. Killing a task that is over changes nothing and
/// tells how it ended. Of several kills the first gives the reason, and the earliest limit counts.
///
/// A task that kills itself is stopped at this await. Inside its own clean-up or shield the kill returns at once, with
/// the exit that is to come.
///
/// # Cancel safety
///
/// Once polled, the kill stands; dropping the future only ends the wait.
#[derive(Debug)]
#[must_use = "a kill does nothing unless it is awaited or told `nowait`"]
pub struct Kill {
    wait: EndWait,
    reason: Reason,
    grace: Option<Duration>,
    ordered: bool,
}

impl Kill {
    pub(crate) fn new(task: AnyTask) -> Self {
        Self { wait: EndWait::new(task), reason: Reason::default(), grace: None, ordered: false }
    }

    /// Limits the time for clean-ups, counted from the first poll or from [`nowait`](Self::nowait). Without a limit
    /// they take as long as they take. What is left after it is dropped: [`Exit::CutOff`].
    pub fn within(mut self, grace: Duration) -> Self {
        self.grace = Some(grace);
        self
    }

    /// Says why; everybody who waits for the task reads it. None by default.
    pub fn reason(mut self, reason: impl Into<Reason>) -> Self {
        self.reason = reason.into();
        self
    }

    /// Asks the task to end, and does not wait.
    #[doc(alias = "block")]
    pub fn nowait(mut self) {
        self.order();
    }

    fn order(&mut self) {
        if self.ordered {
            return;
        }
        self.ordered = true;
        let record = &self.wait.task().0;
        // A grace that reaches beyond the end of time is none.
        let deadline = self.grace.and_then(|grace| Instant::now().checked_add(grace));
        let unstarted = order_kill(&**record, KillOrder { reason: self.reason.clone(), deadline });
        if let Some(starter) = unstarted {
            // With the future in it, which is a user's.
            swallow(|| drop(starter));
            record.clone().end(Exit::Killed(self.reason.clone()));
        }
    }
}

impl Future for Kill {
    type Output = Exit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let this = self.get_mut();
        this.order();
        let task = this.wait.task();
        if is_current(&task.0) && !task.is_finished() {
            if !is_sheltered() {
                // The suspension at which the kill acts.
                return Poll::Pending;
            }
            let order = control(&*task.0, |control| control.kill_order().cloned());
            return Poll::Ready(Exit::Killed(order.map(|order| order.reason).unwrap_or_default()));
        }
        this.wait.poll(cx).map(|_| this.wait.task().exit().unwrap_or(Exit::Lost))
    }
}
