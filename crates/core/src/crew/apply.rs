//! A call through a group or a pool.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::{Item, Spawning};
use crate::exit::{PanicInfo, Payload, swallow};
use crate::scope::{Locals, swap_locals};
use crate::task::{AnyTask, Plain, Take, TaskError};

/// Runs a future as a member and gives its value; made by [`Group::apply`](crate::Group::apply) and
/// [`Pool::apply`](crate::Pool::apply).
///
/// Polled first by a member of the same group or pool, it runs the future in place, in the calling task, so that a full
/// pool does not wait for itself. There too a panic is an error, and [`Local`](crate::Local) values are the future's own.
///
/// # Cancel safety
///
/// Dropping it kills the task that it started (without waiting), or gives its place in the line up.
///
/// # Panics
///
/// When polled after its end; outside of a tokio runtime.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Apply<F: Future> {
    doing: Doing<F>,
}

enum Doing<F: Future> {
    Waiting { spawning: Spawning<F>, called_at: &'static Location<'static> },
    Inline { item: Pin<Box<Item<F>>>, locals: Locals, called_at: &'static Location<'static> },
    Running { take: Take<F::Output>, task: AnyTask },
    Over,
}

/// The future is never polled in here, only moved.
impl<F: Future> Unpin for Apply<F> {}

impl<F: Future> Apply<F> {
    pub(crate) fn new(spawning: Spawning<F>, called_at: &'static Location<'static>) -> Self {
        Self { doing: Doing::Waiting { spawning, called_at } }
    }
}

impl<F> Future for Apply<F>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    type Output = Result<F::Output, TaskError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let doing = &mut self.get_mut().doing;
        if let Doing::Waiting { spawning, called_at } = doing {
            let called_at = *called_at;
            let inline = spawning.crew().has_current().then(|| spawning.take()).flatten();
            let next = match inline {
                Some(future) => {
                    Doing::Inline { item: Box::pin(Item::new(future)), locals: Locals::default(), called_at }
                }
                None => match ready!(spawning.poll_spawn::<Plain>(cx)) {
                    Ok(task) => Doing::Running { task: (&task).into(), take: task.take() },
                    Err((future, reason)) => {
                        *doing = Doing::Over;
                        drop(future);
                        return Poll::Ready(Err(TaskError::Killed(reason)));
                    }
                },
            };
            *doing = next;
        }
        let output = match doing {
            Doing::Running { take, .. } => ready!(Pin::new(take).poll(cx)),
            Doing::Inline { item, locals, called_at } => {
                swap_locals(locals);
                let polled = item.as_mut().poll_ending(cx);
                swap_locals(locals);
                ready!(polled).map_err(|payload| TaskError::Panicked(report(payload, called_at)))
            }
            Doing::Waiting { .. } | Doing::Over => panic!("an apply was polled after its end"),
        };
        // What panics while it is dropped changes nothing any more.
        swallow(|| *doing = Doing::Over);
        Poll::Ready(output)
    }
}

/// A panic reaches the log, with the call it ended.
#[cold]
fn report(payload: Payload, called_at: &Location<'_>) -> PanicInfo {
    let panic = PanicInfo::of(payload);
    tracing::error!(called_at = %called_at, %panic, "a call within its own group panicked");
    panic
}

impl<F: Future> Drop for Apply<F> {
    fn drop(&mut self) {
        if let Doing::Running { task, .. } = &self.doing {
            task.kill_nowait();
        }
    }
}

impl<F: Future> fmt::Debug for Apply<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_tuple("Apply");
        match &self.doing {
            Doing::Waiting { spawning, .. } => out.field(spawning),
            Doing::Inline { item, .. } => out.field(item),
            Doing::Running { task, .. } => out.field(task),
            Doing::Over => out.field(&"over"),
        };
        out.finish()
    }
}
