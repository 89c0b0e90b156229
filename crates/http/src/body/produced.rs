//! A producer as a body: it runs while the body is read.

use std::error::Error;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use greenroom_server::HandlerOutput;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;

use crate::body::body_writer::Pieces;

pin_project! {
    pub(super) struct Produced<F> {
        #[pin]
        producer: Option<F>,
        pieces: Pieces,
        failure: Option<String>,
    }
}

impl<F> Produced<F> {
    pub(super) const fn new(producer: F, pieces: Pieces) -> Self {
        Self { producer: Some(producer), pieces, failure: None }
    }
}

impl<F: Future<Output: HandlerOutput>> Body for Produced<F> {
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let mut this = self.project();
        if let Some(producer) = this.producer.as_mut().as_pin_mut()
            && let Poll::Ready(output) = producer.poll(context)
        {
            this.producer.set(None);
            *this.failure = output.failure().map(|failure| failure.to_string());
        }
        // What it wrote before it ended comes first. Its writer may have gone elsewhere, and the body goes on with it.
        let next = ready!(Pin::new(this.pieces).poll_frame(context));
        match (next, this.failure.take()) {
            (None, Some(failure)) => Poll::Ready(Some(Err(failure.into()))),
            (next, failure) => {
                *this.failure = failure;
                Poll::Ready(next)
            }
        }
    }
}
