//! A future on its way into a crew.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::{Crew, Keeper, Slot};
use crate::exit::Reason;
use crate::task::{Outcome, Task, TaskBuilder};
use crate::waiter::Ticket;

/// A future for which there will be no slot, and why.
pub(crate) type Refused<F> = (F, Reason);

/// A future that waits for its slot.
pub(crate) struct Spawning<F> {
    keeper: Arc<Keeper>,
    /// Absent once it is spawned or given back.
    future: Option<F>,
    builder: TaskBuilder,
    ticket: Option<Ticket>,
    spawned_at: &'static Location<'static>,
}

impl<F> Spawning<F> {
    pub(crate) fn new(keeper: Arc<Keeper>, future: F, spawned_at: &'static Location<'static>) -> Self {
        Self { keeper, future: Some(future), builder: TaskBuilder::new(), ticket: None, spawned_at }
    }

    pub(crate) fn name(&mut self, name: impl Into<Box<str>>) {
        self.builder = self.builder.clone().name(name);
    }

    pub(crate) fn crew(&self) -> &Arc<Crew> {
        &self.keeper
    }

    /// The future itself, to run it elsewhere.
    pub(crate) fn take(&mut self) -> Option<F> {
        self.future.take()
    }

    /// Ready when the future runs as a task. An error gives it back.
    pub(crate) fn poll_spawn<J>(&mut self, cx: &Context<'_>) -> Poll<Result<Task<J::Value>, Refused<F>>>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
    {
        assert!(self.future.is_some(), "a spawn was polled after its end");
        let slot = ready!(self.keeper.poll_slot(&mut self.ticket, cx));
        let Some(future) = self.future.take() else { return Poll::Pending };
        Poll::Ready(match slot {
            Ok(slot) => Ok(self.spawn_now::<J>(future, slot)),
            Err(reason) => Err((future, reason)),
        })
    }

    fn spawn_now<J>(&mut self, future: F, slot: Slot) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
    {
        let builder = std::mem::take(&mut self.builder);
        self.keeper.spawn::<F, J>(builder, Some(slot), future, self.spawned_at)
    }
}

impl<F> Drop for Spawning<F> {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.keeper.leave_line(ticket);
        }
    }
}

impl<F> fmt::Debug for Spawning<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Spawning")
            .field("crew", &self.keeper)
            .field("in_line", &self.ticket.is_some())
            .finish_non_exhaustive()
    }
}
