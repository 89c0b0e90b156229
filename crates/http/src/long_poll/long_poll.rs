//! An answer that comes when there is news.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use greenroom_core::timeout;
use http::header::CACHE_CONTROL;
use http::{HeaderValue, Request, StatusCode};

use crate::facts::RequestFacts;
use crate::long_poll::Tidings;
use crate::service::Response;

/// Waits for news as long as the client is willing to: 200 with what `wait` gave; 204 when `limit` has passed, or the server is
/// stopping, and the client is to ask again.
///
/// `limit` should be less than what proxies on the way allow, which is often 60 s. When the client goes away while it waits, the
/// wait is dropped with its request. Waiting for a [`Queue`](greenroom_core::Queue)'s `get` loses no item to a client that is no
/// longer waited for: an item leaves the queue only together with the answer. Once in the answer it is the client's, and lost if
/// that has gone in the meantime; where that must not be, let the client say what it has, as one does with a cursor.
///
/// # Cancel safety
///
/// As `wait` is: a queue's `get` and an event's `wait` lose nothing.
///
/// # Panics
///
/// Outside of a tokio runtime with time enabled, when it is first polled.
///
/// # Examples
///
/// ```
/// use greenroom_core::Queue;
/// use greenroom_http::{Request, Response, long_poll};
/// use std::time::Duration;
///
/// async fn poll(request: Request, news: Queue<String>) -> Response {
///     long_poll(&request, Duration::from_secs(10), news.get()).await
/// }
/// ```
#[must_use = "futures do nothing unless awaited"]
pub fn long_poll<B, W>(
    request: &Request<B>,
    limit: Duration,
    wait: W,
) -> impl Future<Output = Response> + use<B, W>
where
    W: Future<Output: Tidings>,
{
    // Not an async fn: what borrows a body cannot go to another thread unless the body can be shared.
    let stop = RequestFacts::of(request).map(RequestFacts::stop_signal);
    async move {
        let mut stop = stop;
        let mut wait = pin!(timeout(limit, wait));
        let news = poll_fn(|context| {
            if let Poll::Ready(news) = wait.as_mut().poll(context) {
                return Poll::Ready(news.ok());
            }
            match &mut stop {
                Some(stop) => stop.poll_stopped(context).map(|()| None),
                None => Poll::Pending,
            }
        })
        .await;
        answer(news.and_then(Tidings::into_body))
    }
}

fn answer(body: Option<crate::body::Body>) -> Response {
    let status = if body.is_some() { StatusCode::OK } else { StatusCode::NO_CONTENT };
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
