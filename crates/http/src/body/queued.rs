//! A queue as a body.

use std::error::Error;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use greenroom_core::{Queue, QueueStream};
use http_body::Frame;

pub(super) struct Queued<T> {
    queue: Queue<T>,
    stream: QueueStream<T>,
}

impl<T> Queued<T> {
    pub(super) fn new(queue: Queue<T>) -> Self {
        Self { stream: queue.stream(), queue }
    }
}

impl<T: Into<Bytes>> http_body::Body for Queued<T> {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        loop {
            let piece: Option<Bytes> = ready!(Pin::new(&mut self.stream).poll_next(context)).map(Into::into);
            // An empty chunk would end the body.
            if piece.as_ref().is_none_or(|piece| !piece.is_empty()) {
                return Poll::Ready(piece.map(|piece| Ok(Frame::data(piece))));
            }
        }
    }
}

impl<T> Drop for Queued<T> {
    fn drop(&mut self) {
        self.queue.shutdown_now();
    }
}
