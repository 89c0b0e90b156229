//! The writing end of a body.

use std::error::Error;
use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use greenroom_core::{Event, Queue, QueueStream};
use http_body::Frame;

type BoxError = Box<dyn Error + Send + Sync>;
type Piece = Result<Bytes, BoxError>;

/// So many pieces lie between the writer and the client.
const BETWEEN: usize = 1;

/// Writes the body of an answer, piece by piece. From [`Body::channel`](crate::Body::channel), or handed to the closure of
/// [`Body::produce`](crate::Body::produce).
///
/// Dropping it ends the body. gevent: the `write` that `start_response` gives.
#[derive(Debug)]
#[doc(alias = "start_response")]
pub struct BodyWriter {
    queue: Queue<Piece>,
    gone: Event,
}

/// What the engine reads.
pub(super) struct Pieces {
    queue: Queue<Piece>,
    stream: QueueStream<Piece>,
    gone: Event,
}

pub(super) fn pipe() -> (BodyWriter, Pieces) {
    let (queue, gone) = (Queue::bounded(BETWEEN), Event::new());
    let stream = queue.stream();
    (BodyWriter { queue: queue.clone(), gone: gone.clone() }, Pieces { queue, stream, gone })
}

impl BodyWriter {
    /// Writes a piece; waits until there is room for it. An empty piece is passed over.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, the piece is written whole, if its turn had come, or not at all.
    ///
    /// # Errors
    ///
    /// When the client has gone, or takes no body, as after a `HEAD`.
    pub async fn write(&mut self, piece: impl Into<Bytes>) -> Result<(), ClientGone> {
        let piece = piece.into();
        if piece.is_empty() {
            return if self.gone.is_set() { Err(ClientGone) } else { Ok(()) };
        }
        self.queue.put(Ok(piece)).await.map_err(|_| ClientGone)
    }

    /// Ends the body with an error: the connection breaks off, so that the client does not take what it has for the whole.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, it ends the body as if it were whole.
    pub async fn fail(self, error: impl Into<BoxError> + Send) {
        // Whoever has gone does not mind.
        let _ = self.queue.put(Err(error.into())).await;
    }

    /// Waits until the client has gone: for a writer that waits for something else.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn client_gone(&self) {
        self.gone.wait().await;
    }
}

impl Drop for BodyWriter {
    fn drop(&mut self) {
        self.queue.shutdown();
    }
}

impl http_body::Body for Pieces {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.stream).poll_next(context).map(|next| next.map(|piece| piece.map(Frame::data)))
    }
}

impl Drop for Pieces {
    fn drop(&mut self) {
        self.queue.shutdown_now();
        self.gone.set();
    }
}

/// The client has gone: nobody reads what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClientGone;

impl fmt::Display for ClientGone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the client has gone")
    }
}

impl Error for ClientGone {}

impl From<ClientGone> for io::Error {
    fn from(error: ClientGone) -> Self {
        Self::new(io::ErrorKind::BrokenPipe, error)
    }
}
