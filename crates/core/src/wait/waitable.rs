//! Anything that one can wait for.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::end::End;
use crate::async_result::AsyncResult;
use crate::event::Event;
use crate::lock::{BoundedSemaphore, Semaphore};
use crate::task::{AnyTask, Task};

/// Something that [`wait`](crate::wait()) and [`iwait`](crate::iwait) can wait for, whatever it is.
///
/// Made from a reference to it, which is not kept: `Waitable::from(&task)`, or `(&task).into()`. What it means to be
/// ready:
///
/// | made from | ready when |
/// |---|---|
/// | [`Task`], [`AnyTask`] | it is over |
/// | [`Event`] | it is set |
/// | [`AsyncResult`] | it has its value or error |
/// | [`Semaphore`], [`BoundedSemaphore`] | a permit could be had; none is taken |
/// | any future, by [`Waitable::new`] | it is ready; its output is dropped |
///
/// gevent: an object with `rawlink`.
#[must_use = "it is to be waited for"]
pub struct Waitable(Kind);

enum Kind {
    Task(End),
    Other(Pin<Box<dyn Future<Output = ()> + Send>>),
}

impl Waitable {
    /// Waits for any future.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use greenroom_core::{Event, Waitable, wait};
    ///
    /// let event = Event::new();
    /// let nap = Waitable::new(tokio::time::sleep(Duration::from_secs(1)));
    /// assert_eq!(wait([(&event).into(), nap]).count(1).await, [1]);
    /// # }
    /// ```
    pub fn new<F: Future + Send + 'static>(future: F) -> Self {
        Self(Kind::Other(Box::pin(async move { drop(future.await) })))
    }

    pub(super) fn into_ready(self) -> Ready {
        Ready(self.0)
    }
}

/// Waits until something is ready.
pub(super) struct Ready(Kind);

impl Future for Ready {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        match &mut self.get_mut().0 {
            Kind::Task(end) => Pin::new(end).poll(cx).map(drop),
            Kind::Other(future) => future.as_mut().poll(cx),
        }
    }
}

impl From<AnyTask> for Waitable {
    fn from(task: AnyTask) -> Self {
        Self(Kind::Task(End::of(task)))
    }
}

impl From<&AnyTask> for Waitable {
    fn from(task: &AnyTask) -> Self {
        Self::from(task.clone())
    }
}

impl<T> From<Task<T>> for Waitable {
    fn from(task: Task<T>) -> Self {
        Self::from(AnyTask::from(task))
    }
}

impl<T> From<&Task<T>> for Waitable {
    fn from(task: &Task<T>) -> Self {
        Self::from(AnyTask::from(task))
    }
}

impl From<&Event> for Waitable {
    fn from(event: &Event) -> Self {
        Self::new(event.wait())
    }
}

impl<T: Send + Sync + 'static, E: Send + Sync + 'static> From<&AsyncResult<T, E>> for Waitable {
    fn from(result: &AsyncResult<T, E>) -> Self {
        Self::new(result.wait())
    }
}

impl From<&Semaphore> for Waitable {
    fn from(semaphore: &Semaphore) -> Self {
        Self::new(semaphore.wait())
    }
}

impl From<&BoundedSemaphore> for Waitable {
    fn from(semaphore: &BoundedSemaphore) -> Self {
        Self::new(semaphore.wait())
    }
}

impl fmt::Debug for Waitable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Task(_) => "Waitable::Task",
            Kind::Other(_) => "Waitable::Other",
        })
    }
}
