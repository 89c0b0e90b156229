//! Waiting for many things.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::iwait::{IWait, iwait};
use super::waitable::Waitable;

/// Waits until all things are ready, and gives their indexes in the order in which they got so.
///
/// Things of different kinds may be mixed; see [`Waitable`]. Those that are ready at the first poll come first, in the
/// order given. Without any it is ready at once. To act on each as soon as it is ready, use [`iwait`].
///
/// gevent: `gevent.wait(objects)`; its `count` is [`Wait::count`], its `timeout` a [`timeout`](crate::timeout()) around it.
/// Its form without objects, which waits for everything there is, has no counterpart.
///
/// # Cancel safety
///
/// Dropping the future ends the wait, nothing else.
///
/// # Panics
///
/// When a task waits for itself, which would be for ever.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Event, spawn, wait};
///
/// let event = Event::new();
/// let task = spawn(std::future::ready(1));
/// event.set();
/// assert_eq!(wait([(&task).into(), (&event).into()]).await, [1, 0]); // the task had not run yet
/// # }
/// ```
pub fn wait<I>(objects: I) -> Wait
where
    I: IntoIterator<Item = Waitable>,
{
    Wait { ready: iwait(objects), indexes: Vec::new() }
}

/// Waits for many things; made by [`wait`].
///
/// # Cancel safety
///
/// Dropping it ends the wait, nothing else.
#[must_use = "a future does nothing unless it is awaited"]
pub struct Wait {
    ready: IWait,
    indexes: Vec<usize>,
}

impl Wait {
    /// Is content with so many. By default, and when there are fewer, with all.
    pub fn count(mut self, count: usize) -> Self {
        self.ready = self.ready.count(count);
        self
    }
}

impl Future for Wait {
    type Output = Vec<usize>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Vec<usize>> {
        let this = self.get_mut();
        while let Some(index) = ready!(Pin::new(&mut this.ready).poll_next(cx)) {
            this.indexes.push(index);
        }
        Poll::Ready(mem::take(&mut this.indexes))
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("ready", &self.indexes.len()).finish_non_exhaustive()
    }
}
