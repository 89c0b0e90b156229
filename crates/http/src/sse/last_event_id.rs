//! Where a client was.

use http::{HeaderName, Request};

const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");

/// The [id](crate::SseEvent::id) of the last event that the client has seen, when it comes back after its connection broke; `None`
/// when it comes for the first time, or events have no ids.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, last_event_id};
///
/// fn begin_after(request: &Request) -> u64 {
///     last_event_id(request).and_then(|id| id.parse().ok()).unwrap_or(0)
/// }
/// ```
#[must_use]
#[doc(alias = "Last-Event-ID")]
pub fn last_event_id<B>(request: &Request<B>) -> Option<&str> {
    str::from_utf8(request.headers().get(LAST_EVENT_ID)?.as_bytes()).ok()
}
