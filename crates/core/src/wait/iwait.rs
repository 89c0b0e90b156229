//! Many things, as they get ready.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use super::gathering::Gathering;
use super::waitable::{Ready, Waitable};

/// The indexes of many things, each as soon as it is ready.
///
/// A stream that ends when all have come. Dropping it before takes it out of everybody's list. Nothing is missed while its
/// reader does something else. Everything else is as in [`wait`](crate::wait()).
///
/// gevent: `gevent.iwait`.
///
/// # Cancel safety
///
/// An index is given once, in the poll that returns it; dropping the stream only ends the wait.
///
/// # Panics
///
/// When a task waits for itself, which would be for ever.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use futures_util::StreamExt;
/// use greenroom_core::{iwait, spawn, Waitable};
///
/// let tasks = [30, 10, 20].map(|n| spawn(tokio::time::sleep(Duration::from_millis(n))));
/// let mut ready = iwait(tasks.iter().map(Waitable::from));
/// while let Some(index) = ready.next().await {
///     assert!(tasks[index].is_finished());
/// }
/// # }
/// ```
pub fn iwait<I>(objects: I) -> IWait
where
    I: IntoIterator<Item = Waitable>,
{
    let gathering = Gathering::new(objects.into_iter().map(Waitable::into_ready));
    IWait { left: gathering.len(), gathering }
}

/// The indexes of many things as they get ready; made by [`iwait`].
///
/// # Cancel safety
///
/// An index is given once, in the poll that returns it; dropping the stream only ends the wait.
#[must_use = "a stream does nothing unless it is polled"]
pub struct IWait {
    gathering: Gathering<Ready>,
    left: usize,
}

impl IWait {
    /// Ends after so many more. By default, and when there are fewer, after all.
    pub fn count(mut self, count: usize) -> Self {
        self.left = self.left.min(count);
        self
    }
}

impl Stream for IWait {
    type Item = usize;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<usize>> {
        let this = self.get_mut();
        if this.left == 0 {
            return Poll::Ready(None);
        }
        let next = ready!(this.gathering.poll_next(cx)).map(|(index, ())| index);
        this.left -= 1;
        if this.left == 0 {
            this.gathering.dismiss();
        }
        Poll::Ready(next)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl FusedStream for IWait {
    fn is_terminated(&self) -> bool {
        self.left == 0
    }
}

impl fmt::Debug for IWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IWait").field("left", &self.left).finish_non_exhaustive()
    }
}
