//! The body of an answer.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use greenroom_core::Queue;
use greenroom_server::HandlerOutput;
use http_body::{Frame, SizeHint};

use crate::body::body_writer::{BodyWriter, pipe};
use crate::body::produced::Produced;
use crate::body::queue_feed::QueueFeed;
use crate::body::streamed::Streamed;

type Boxed = Pin<Box<dyn http_body::Body<Data = Bytes, Error = BoxError> + Send>>;
type BoxError = Box<dyn Error + Send + Sync>;

/// The body of an answer: bytes, or bytes as they come to be.
///
/// What is whole from the beginning comes by `From`: text, bytes, `()`. What comes piece by piece is [`stream`](Self::stream),
/// [`queue`](Self::queue), [`produce`](Self::produce) or [`channel`](Self::channel): the client takes the next piece when it has taken
/// the last, so a slow one makes the source wait; **and when the client has gone, the source is dropped**, with its
/// [clean-ups](greenroom_core::finally).
///
/// gevent: what a WSGI application returns, a list or a generator.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Body, BodyWriter, Request, Response};
///
/// async fn count(_: Request) -> Response {
///     Response::new(Body::produce(|mut body: BodyWriter| async move {
///         for n in 0..3 {
///             body.write(format!("{n}\n")).await?;
///         }
///         std::io::Result::Ok(())
///     }))
/// }
/// ```
pub struct Body(Kind);

enum Kind {
    Whole(Option<Bytes>),
    Boxed(Boxed),
}

impl Body {
    /// No bytes.
    #[must_use]
    pub const fn empty() -> Self {
        Self(Kind::Whole(None))
    }

    /// The items of a stream, one after the other. For a stream that may fail, see [`try_stream`](Self::try_stream).
    pub fn stream<T: Into<Bytes>>(stream: impl Stream<Item = T> + Send + 'static) -> Self {
        use futures_util::StreamExt;
        Self::try_stream(stream.map(|item| Ok::<_, BoxError>(item.into())))
    }

    /// The items of a stream, one after the other. At an error the connection breaks off, so that the client does not take what it
    /// has for the whole.
    pub fn try_stream<T, E>(stream: impl Stream<Item = Result<T, E>> + Send + 'static) -> Self
    where
        T: Into<Bytes>,
        E: Into<BoxError>,
    {
        Self::boxed(Streamed::new(stream))
    }

    /// What is put into a queue, until it is shut down.
    ///
    /// When the client has gone the queue is shut down, and what is left in it dropped: whoever puts learns of it by an error.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::Queue;
    /// use greenroom_http::Body;
    ///
    /// let lines: Queue<String> = Queue::bounded(8);
    /// let body = Body::queue(lines.clone());
    /// // Whoever has `lines` puts into it, and shuts it down when all is said.
    /// # drop(body);
    /// # assert!(lines.try_put(String::new()).is_err());
    /// ```
    #[must_use]
    pub fn queue<T: Into<Bytes> + Send + 'static>(queue: Queue<T>) -> Self {
        Self::stream(QueueFeed::new(queue))
    }

    /// What `produce` writes. It runs as part of the request, when the client has room: it waits in its write otherwise. When the
    /// client has gone it is dropped, and its clean-ups run.
    ///
    /// If it fails, the connection breaks off, so that the client does not take what it has for the whole, and the error is logged.
    pub fn produce<F, Fut>(produce: F) -> Self
    where
        F: FnOnce(BodyWriter) -> Fut,
        Fut: Future<Output: HandlerOutput> + Send + 'static,
    {
        let (writer, pieces) = pipe();
        Self::boxed(Produced::new(produce(writer), pieces))
    }

    /// A writer, and a body of what is written to it. The writer may go elsewhere: to another task, to a table of listeners.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::spawn;
    /// use greenroom_http::{Body, Request, Response};
    ///
    /// async fn report(_: Request) -> Response {
    ///     let (mut writer, body) = Body::channel();
    ///     spawn(async move {
    ///         writer.write("one\n").await?;
    ///         writer.write("two\n").await
    ///     });
    ///     Response::new(body)
    /// }
    /// ```
    #[must_use]
    pub fn channel() -> (BodyWriter, Self) {
        let (writer, pieces) = pipe();
        (writer, Self::boxed(pieces))
    }

    /// Any other body.
    pub fn new<B>(body: B) -> Self
    where
        B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        use http_body_util::BodyExt;
        Self::boxed(body.map_err(Into::into))
    }

    fn boxed(body: impl http_body::Body<Data = Bytes, Error = BoxError> + Send + 'static) -> Self {
        Self(Kind::Boxed(Box::pin(body)))
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Kind::Whole(Some(bytes).filter(|bytes| !bytes.is_empty())))
    }
}

impl From<()> for Body {
    fn from((): ()) -> Self {
        Self::empty()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.0 {
            Kind::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Kind::Boxed(body) => body.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes) => bytes.is_none(),
            Kind::Boxed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Kind::Boxed(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Whole(bytes) => {
                f.debug_struct("Body").field("len", &bytes.as_ref().map_or(0, Bytes::len)).finish()
            }
            Kind::Boxed(_) => f.debug_struct("Body").finish_non_exhaustive(),
        }
    }
}
