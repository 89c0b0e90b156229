//! A queue's items as a stream, for one client.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use greenroom_core::{Queue, QueueStream};

/// The items of a queue, which is shut down when this is dropped: when the client has gone, whoever puts learns of it. What
/// [`Body::queue`](crate::Body::queue) and [`Sse::queue`](crate::Sse::queue) read.
///
/// # Cancel safety
///
/// It holds no item between polls.
pub struct QueueFeed<T> {
    queue: Queue<T>,
    stream: QueueStream<T>,
}

impl<T> QueueFeed<T> {
    pub(crate) fn new(queue: Queue<T>) -> Self {
        Self { stream: queue.stream(), queue }
    }
}

impl<T> Stream for QueueFeed<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.stream).poll_next(context)
    }
}

impl<T> Drop for QueueFeed<T> {
    fn drop(&mut self) {
        self.queue.shutdown_now();
    }
}

impl<T> fmt::Debug for QueueFeed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueFeed").field("queue", &self.queue).finish()
    }
}
