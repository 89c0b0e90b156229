//! The items as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_core::stream::FusedStream;

use crate::queue::get::QueueGet;
use crate::queue::queue::Queue;

impl<T> Queue<T> {
    /// The items as a stream that takes one after the other and ends when the queue is shut down and drained.
    ///
    /// Several streams, and gets beside them, share the items.
    ///
    /// gevent: iterating a queue, which ends at a `StopIteration` put into it; here [`shutdown`](Self::shutdown)
    /// ends it.
    ///
    /// # Examples
    ///
    /// ```
    /// use futures_util::StreamExt;
    /// # use greenroom_core::Queue;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let queue: Queue<i32> = [1, 2, 3].into_iter().collect();
    /// queue.shutdown();
    /// let doubled: Vec<i32> = queue.stream().map(|n| n * 2).collect().await;
    /// assert_eq!(doubled, [2, 4, 6]);
    /// # }
    /// ```
    #[doc(alias("iter", "__iter__"))]
    pub fn stream(&self) -> QueueStream<T> {
        QueueStream { get: self.get().into_owned(), ended: false }
    }
}

/// The items of a [`Queue`], one after the other, from [`Queue::stream`].
///
/// # Cancel safety
///
/// Cancel safe: it holds no item between polls, and dropping it takes nothing from the queue.
#[must_use = "nothing is taken until this is polled"]
pub struct QueueStream<T> {
    get: QueueGet<T>,
    ended: bool,
}

impl<T> Stream for QueueStream<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        if self.ended {
            return Poll::Ready(None);
        }
        // A get that has ended starts anew when polled again.
        let next = ready!(Pin::new(&mut self.get).poll(cx)).ok();
        self.ended = next.is_none();
        Poll::Ready(next)
    }
}

impl<T> FusedStream for QueueStream<T> {
    fn is_terminated(&self) -> bool {
        self.ended
    }
}

impl<T> fmt::Debug for QueueStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueStream").field("queue", self.get.queue()).field("ended", &self.ended).finish()
    }
}
