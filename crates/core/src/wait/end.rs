//! The end of one task of many.

use std::pin::Pin;
use std::task::{Context, Poll};

use crate::task::{AnyTask, EndWait, Itself};

/// Waits for a task's end and gives the task; does not count as having looked at how it ended.
pub(super) struct End(EndWait);

impl End {
    pub(super) fn of(task: impl Into<AnyTask>) -> Self {
        Self(EndWait::new(task.into()))
    }
}

impl Future for End {
    type Output = AnyTask;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<AnyTask> {
        let wait = &mut self.get_mut().0;
        match wait.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(Ok(())) => Poll::Ready(wait.task().clone()),
            Poll::Ready(Err(Itself)) => {
                panic!("task {} waits for itself, which would be for ever", wait.task().id())
            }
        }
    }
}
