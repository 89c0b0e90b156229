//! Waiting for a task's value.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::any_task::AnyTask;
use super::error::TaskError;
use super::join::{EndWait, Itself};
use super::task::Task;
use crate::record::{Output, Phase, Record};

/// Waits for a task's end and clones its value; made by [`Task::get`].
///
/// # Cancel safety
///
/// Dropping it gives up the place among those who wait, nothing else.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Get<T> {
    wait: EndWait,
    // A pointer, so that to be a future asks nothing of the value: inside of a spawned async block the compiler cannot
    // prove that something with a lifetime in it is `'static`.
    read: Read<T>,
}

/// Waits for a task's end and takes its value; made by [`Task::take`].
///
/// # Cancel safety
///
/// The value is taken only in the poll that returns it.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Take<T> {
    wait: EndWait,
    // As in `Get`.
    read: Read<T>,
}

/// How the value of a task that is over is had.
type Read<T> = fn(&AnyTask, &mut Context<'_>) -> Poll<Result<T, TaskError>>;

impl<T: Clone + Send + 'static> Get<T> {
    pub(crate) fn new(task: Task<T>) -> Self {
        Self { wait: EndWait::new(task.into()), read: clone_output }
    }
}

impl<T: Send + 'static> Take<T> {
    pub(crate) fn new(task: Task<T>) -> Self {
        Self { wait: EndWait::new(task.into()), read: |task, cx| poll_output(task, Output::Taken, cx) }
    }
}

/// Takes the output out of its cell, whole, if the task is over and nobody else is copying it.
fn poll_output<T: Send + 'static>(
    task: &AnyTask,
    leave: Output<T>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, TaskError>> {
    let cell = task.cell::<T>();
    if cell.facts().phase() != Phase::Finished {
        return Poll::Ready(Err(task.exit().map_or(TaskError::Lost, TaskError::from_exit)));
    }
    let output = cell.with_state(|state| match &state.output {
        Output::Lent => {
            // Whoever copies it gives it back soon, and wakes all.
            let _ = state.control.joiners.park(cx.waker().clone());
            Output::Lent
        }
        Output::Ready(_) => mem::replace(&mut state.output, leave),
        Output::Empty | Output::Taken => Output::Taken,
    });
    match output {
        Output::Ready(value) => Poll::Ready(Ok(value)),
        Output::Lent => Poll::Pending,
        Output::Empty | Output::Taken => Poll::Ready(Err(TaskError::Taken)),
    }
}

/// Gives a value back that was lent for copying, also when the copying panics.
struct Loan<'a, T: Send + 'static> {
    task: &'a AnyTask,
    value: Option<T>,
}

impl<T: Send + 'static> Drop for Loan<'_, T> {
    fn drop(&mut self) {
        if let Some(value) = self.value.take() {
            let joiners = self.task.cell::<T>().with_state(|state| {
                state.output = Output::Ready(value);
                mem::take(&mut state.control.joiners)
            });
            joiners.wake();
        }
    }
}

fn clone_output<T: Clone + Send + 'static>(
    task: &AnyTask,
    cx: &mut Context<'_>,
) -> Poll<Result<T, TaskError>> {
    let value = ready!(poll_output(task, Output::Lent, cx))?;
    // The clone is the user's code: it runs outside of the lock.
    let loan = Loan { task, value: Some(value) };
    let copy = loan.value.clone();
    drop(loan);
    Poll::Ready(copy.ok_or(TaskError::Taken))
}

fn poll_read<T>(wait: &mut EndWait, read: Read<T>, cx: &mut Context<'_>) -> Poll<Result<T, TaskError>> {
    match ready!(wait.poll(cx)) {
        Ok(()) => read(wait.task(), cx),
        Err(Itself) => Poll::Ready(Err(TaskError::Itself)),
    }
}

impl<T> Future for Get<T> {
    type Output = Result<T, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { wait, read } = self.get_mut();
        poll_read(wait, *read, cx)
    }
}

impl<T> Future for Take<T> {
    type Output = Result<T, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Self { wait, read } = self.get_mut();
        poll_read(wait, *read, cx)
    }
}

impl<T> fmt::Debug for Get<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Get").field(self.wait.task()).finish()
    }
}

impl<T> fmt::Debug for Take<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Take").field(self.wait.task()).finish()
    }
}
