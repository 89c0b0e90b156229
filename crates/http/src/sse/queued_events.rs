//! A queue's items as a stream, for one client.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use greenroom_core::{Queue, QueueStream};

/// The items of a queue, which is shut down when this is dropped. Made by [`Sse::queue`](crate::Sse::queue).
///
/// # Cancel safety
///
/// It holds no item between polls.
pub struct QueuedEvents<T> {
    queue: Queue<T>,
    stream: QueueStream<T>,
}

impl<T> QueuedEvents<T> {
    pub(super) fn new(queue: Queue<T>) -> Self {
        Self { stream: queue.stream(), queue }
    }
}

impl<T> Stream for QueuedEvents<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        Pin::new(&mut self.stream).poll_next(context)
    }
}

impl<T> Drop for QueuedEvents<T> {
    fn drop(&mut self) {
        self.queue.shutdown_now();
    }
}

impl<T> fmt::Debug for QueuedEvents<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueuedEvents").field("queue", &self.queue).finish()
    }
}
