//! Waiting for a task's end.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::any_task::AnyTask;
use crate::exit::Exit;
use crate::record::{JoinTicket, control};
use crate::scope::is_current;

/// Somebody's wait for a task's end; the place is given back on drop.
#[derive(Debug)]
pub(crate) struct EndWait {
    task: AnyTask,
    ticket: Option<JoinTicket>,
}

/// Why a wait would never end.
#[derive(Debug)]
pub(crate) struct Itself;

impl EndWait {
    pub(crate) fn new(task: AnyTask) -> Self {
        Self { task, ticket: None }
    }

    pub(crate) fn task(&self) -> &AnyTask {
        &self.task
    }

    /// Ready when the task is over; an error if a task waits for itself.
    #[inline]
    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Itself>> {
        let record = &self.task.0;
        let facts = record.facts();
        if facts.is_over() {
            self.ticket = None;
            return Poll::Ready(Ok(()));
        }
        if is_current(record) {
            return Poll::Ready(Err(Itself));
        }
        let (over, replaced) = control(&**record, |control| {
            if facts.is_over() {
                return (true, None);
            }
            match &self.ticket {
                Some(ticket) => (false, control.joiners.refresh(ticket, cx.waker())),
                None => {
                    self.ticket = Some(control.joiners.park(cx.waker().clone()));
                    (false, None)
                }
            }
        });
        drop(replaced);
        if over {
            self.ticket = None;
            return Poll::Ready(Ok(()));
        }
        Poll::Pending
    }
}

impl Drop for EndWait {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            let facts = self.task.0.facts();
            // At the end all places were given up at once.
            let waker =
                control(
                    &*self.task.0,
                    |control| {
                        if facts.is_over() { None } else { control.joiners.leave(ticket) }
                    },
                );
            drop(waker);
        }
    }
}

/// Waits for a task's end and tells how it was; made by [`AnyTask::join`].
///
/// # Cancel safety
///
/// Dropping it gives up the place among those who wait, nothing else.
#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct Join(EndWait);

impl Join {
    pub(crate) fn new(task: AnyTask) -> Self {
        Self(EndWait::new(task))
    }
}

impl Future for Join {
    type Output = Exit;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Exit> {
        let wait = &mut self.get_mut().0;
        match wait.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => Poll::Ready(wait.task().exit().unwrap_or(Exit::Lost)),
            Poll::Ready(Err(Itself)) => {
                panic!("task {} waits for itself, which would be for ever", wait.task().id())
            }
        }
    }
}
