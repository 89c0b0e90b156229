//! The body of a request.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Bytes, BytesMut};
use http::header::{self, HeaderMap, HeaderName};
use http_body::{Body, Frame, SizeHint};

use crate::incoming::{BodyError, Watch};

/// The body of a request, as it comes: hyper's `Incoming`, read under the server's limits.
///
/// It is an [`http_body::Body`], so whatever reads those reads this, axum's extractors for one. For oneself there are
/// [`bytes`](Self::bytes) and [`text`](Self::text) for the whole, and [`chunk`](Self::chunk) for what has come.
///
/// A client that waits to be told to send it (`Expect: 100-continue`) is told so when it is first read. What is left of it
/// unread when it is dropped is read and forgotten, within [limits](crate::Http::max_unread).
///
/// gevent: `environ["wsgi.input"]`.
///
/// # Examples
///
/// ```
/// use greenroom_http::{BodyError, Request, Response};
///
/// async fn length(request: Request) -> Result<Response, BodyError> {
///     let mut body = request.into_body();
///     let mut length = 0;
///     while let Some(chunk) = body.chunk().await? {
///         length += chunk.len();
///     }
///     Ok(Response::new(format!("{length} bytes\n").into()))
/// }
/// ```
#[doc(alias = "wsgi.input")]
pub struct Incoming {
    engine: Option<hyper::body::Incoming>,
    /// `None` where there is no body.
    watch: Option<Box<Watch>>,
}

impl Incoming {
    pub(crate) fn new(engine: hyper::body::Incoming, watch: Option<Box<Watch>>) -> Self {
        Self { engine: watch.is_some().then_some(engine), watch }
    }

    /// A body without bytes, for a request that was made by hand, in a test for one.
    #[must_use]
    pub const fn empty() -> Self {
        Self { engine: None, watch: None }
    }

    /// The next bytes, as they come; `None` at the end. Trailers are passed over.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// When the body is too large, stalls, or breaks off. After an error there is nothing more.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, BodyError> {
        std::future::poll_fn(|context| {
            loop {
                match std::task::ready!(Pin::new(&mut *self).poll_frame(context)) {
                    None => return Poll::Ready(Ok(None)),
                    Some(Err(error)) => return Poll::Ready(Err(error)),
                    Some(Ok(frame)) => {
                        if let Ok(data) = frame.into_data() {
                            return Poll::Ready(Ok(Some(data)));
                        }
                    }
                }
            }
        })
        .await
    }

    /// All of it. It takes as much memory as [`Http::max_body`](crate::Http::max_body) allows.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses what was read.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn bytes(mut self) -> Result<Bytes, BodyError> {
        let Some(first) = self.chunk().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.chunk().await? else { return Ok(first) };
        let mut all = BytesMut::from(first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.chunk().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// All of it, as text; what is no UTF-8 in it is replaced by `U+FFFD`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses what was read.
    ///
    /// # Errors
    ///
    /// As [`chunk`](Self::chunk).
    pub async fn text(self) -> Result<String, BodyError> {
        let bytes = self.bytes().await?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

impl Body for Incoming {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let this = &mut *self;
        let (Some(engine), Some(watch)) = (&mut this.engine, &mut this.watch) else {
            return Poll::Ready(None);
        };
        watch.account.ask();
        let error = match Pin::new(engine).poll_frame(context) {
            Poll::Ready(Some(Ok(mut frame))) => match watch.came(frame.data_ref().map_or(0, Bytes::len)) {
                Ok(()) => {
                    if let Some(trailers) = frame.trailers_mut() {
                        strip(trailers);
                    }
                    return Poll::Ready(Some(Ok(frame)));
                }
                Err(error) => error,
            },
            Poll::Ready(Some(Err(error))) => watch.broke(error),
            Poll::Ready(None) => {
                this.engine = None;
                return Poll::Ready(None);
            }
            Poll::Pending => match watch.poll_waiting(context) {
                Poll::Ready(error) => error,
                Poll::Pending => return Poll::Pending,
            },
        };
        this.engine = None;
        Poll::Ready(Some(Err(error)))
    }

    fn is_end_stream(&self) -> bool {
        self.engine.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.engine.as_ref().map_or_else(|| SizeHint::with_exact(0), Body::size_hint)
    }
}

/// What says how a message is read, whom it is for or who sends it belongs into its head (RFC 9110, section 6.5.1). Behind its body
/// it could only mislead whoever merges the two.
fn strip(trailers: &mut HeaderMap) {
    for name in HEAD_ONLY {
        trailers.remove(name);
    }
}

const HEAD_ONLY: [HeaderName; 16] = [
    header::AUTHORIZATION,
    header::CACHE_CONTROL,
    header::CONNECTION,
    header::CONTENT_ENCODING,
    header::CONTENT_LENGTH,
    header::CONTENT_RANGE,
    header::CONTENT_TYPE,
    header::COOKIE,
    header::EXPECT,
    header::FORWARDED,
    header::HOST,
    header::MAX_FORWARDS,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

impl Drop for Incoming {
    fn drop(&mut self) {
        let (Some(body), Some(watch)) = (self.engine.take(), self.watch.take()) else { return };
        // Whoever was never asked to send it may take the answer for a no, and send something else.
        if let Some(heir) =
            watch.heir.as_ref().filter(|_| !watch.account.is_unasked() && !body.is_end_stream())
        {
            heir.leave(body);
        } else {
            drop(body);
        }
    }
}

impl fmt::Debug for Incoming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Incoming").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}
