//! Waiting for a slot for a task that is there already.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use super::PoolClosed;
use crate::crew::Keeper;
use crate::task::AnyTask;
use crate::waiter::Ticket;

/// Waits for a slot and makes a task a member; made by [`Pool::add`](crate::Pool::add).
///
/// # Cancel safety
///
/// Dropping it gives its place in the line up; a slot that had been handed to it goes to the next. The task is left as
/// it was.
#[derive(Debug)]
#[must_use = "a pool adds nothing unless this is awaited"]
pub struct PoolAdd {
    keeper: Arc<Keeper>,
    task: AnyTask,
    ticket: Option<Ticket>,
}

impl PoolAdd {
    pub(super) fn new(keeper: Arc<Keeper>, task: AnyTask) -> Self {
        Self { keeper, task, ticket: None }
    }
}

impl Future for PoolAdd {
    type Output = Result<(), PoolClosed<AnyTask>>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { keeper, task, ticket } = self.get_mut();
        if ticket.is_none() && (keeper.contains(task) || task.is_finished()) {
            return Poll::Ready(Ok(()));
        }
        Poll::Ready(match ready!(keeper.poll_slot(ticket, cx)) {
            Ok(slot) => {
                keeper.enter(task.clone(), Some(slot));
                Ok(())
            }
            Err(reason) => Err(PoolClosed { inner: task.clone(), reason }),
        })
    }
}

impl Drop for PoolAdd {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.keeper.leave_line(ticket);
        }
    }
}
