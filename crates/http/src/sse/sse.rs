//! A stream of events as an answer.

use std::fmt;
use std::time::Duration;

use futures_core::Stream;
use greenroom_core::Queue;
use greenroom_server::StopSignal;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderName, HeaderValue, Request};

use crate::body::{Body, QueueFeed};
use crate::facts::RequestFacts;
use crate::service::Response;
use crate::sse::SseEvent;
use crate::sse::event_body::EventBody;

const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Asks nginx, and others that look at it, to hand events on as they come.
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Server-sent events: an answer that goes on, for a browser's `EventSource`.
///
/// Events are sent as the stream gives them, those that are there together in one piece; a client that does not take them makes
/// the stream wait. When the stream ends, so does the answer, and a browser comes back with the
/// [last id it has seen](crate::last_event_id). **The answer ends by itself when the server is stopping.** When the client has
/// gone, the stream is dropped: at the latest at the next keep-alive.
///
/// # Examples
///
/// ```
/// use greenroom_core::{Queue, spawn};
/// use greenroom_http::{Request, Response, Sse, SseEvent};
///
/// async fn count(request: Request) -> Response {
///     let events = Queue::bounded(8);
///     let source = events.clone();
///     spawn(async move {
///         for n in 0..3 {
///             // An error says that the client has gone.
///             source.put(SseEvent::new(format!("{n}"))).await?;
///         }
///         source.shutdown();
///         std::io::Result::Ok(())
///     });
///     Sse::queue(&request, events).response()
/// }
/// ```
#[doc(alias("EventSource", "text/event-stream"))]
#[must_use = "nothing is sent until it is a response that is returned"]
pub struct Sse<S> {
    events: S,
    keep_alive: Option<Duration>,
    stop: Option<StopSignal>,
    farewell: Option<SseEvent>,
}

impl<S> Sse<S>
where
    S: Stream<Item: Into<SseEvent>> + Send + 'static,
{
    /// The items of `events` as they come. What may fail ends: a stream of results is cut at its first error with `take_while`
    /// or the like, and the client comes back.
    pub fn new<B>(request: &Request<B>, events: S) -> Self {
        let stop = RequestFacts::of(request).map(RequestFacts::stop_signal);
        Self { events, keep_alive: Some(KEEP_ALIVE), stop, farewell: None }
    }

    /// So long nothing is sent, then a comment is, so that proxies do not take the connection for dead, and a client that has gone
    /// is noticed. `None`: never. Default: 15 s.
    pub fn keep_alive(mut self, interval: impl Into<Option<Duration>>) -> Self {
        self.keep_alive = interval.into();
        self
    }

    /// What a client hears last when the answer ends because the server is stopping: a browser cannot tell that end from a broken
    /// connection otherwise. Default: nothing.
    pub fn farewell(mut self, event: impl Into<SseEvent>) -> Self {
        self.farewell = Some(event.into());
        self
    }

    /// The answer.
    #[must_use]
    pub fn response(self) -> Response {
        let body = EventBody::new(self.events, self.keep_alive, self.stop, self.farewell);
        let mut response = Response::new(Body::new(body));
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
        response
    }
}

impl<T: Into<SseEvent> + Send + 'static> Sse<QueueFeed<T>> {
    /// What is put into a queue, until it is shut down.
    ///
    /// When the client has gone, or the server is stopping, the queue is shut down, and what is left in it dropped: whoever puts
    /// learns of it by an error.
    pub fn queue<B>(request: &Request<B>, queue: Queue<T>) -> Self {
        Self::new(request, QueueFeed::new(queue))
    }
}

impl<S> From<Sse<S>> for Response
where
    S: Stream<Item: Into<SseEvent>> + Send + 'static,
{
    fn from(sse: Sse<S>) -> Self {
        sse.response()
    }
}

impl<S> fmt::Debug for Sse<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sse").field("keep_alive", &self.keep_alive).finish_non_exhaustive()
    }
}
