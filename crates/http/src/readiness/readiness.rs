//! Whether a server takes new clients.

use http::{Request, StatusCode};

use crate::facts::RequestFacts;
use crate::service::Response;

/// Answers a health check: 200 and `ready`, or, from the moment that the server has been told to stop, 503 and `leaving`.
///
/// With a [lame duck time](greenroom_server::StreamServer::lame_duck) the server goes on serving in between, so that load balancers
/// learn of it before it takes no more connections.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, Response, readiness};
///
/// async fn service(request: Request) -> Response {
///     match request.uri().path() {
///         "/ready" => readiness(&request),
///         _ => Response::new("hello\n".into()),
///     }
/// }
/// ```
pub fn readiness<B>(request: &Request<B>) -> Response {
    let leaving = RequestFacts::of(request).is_some_and(RequestFacts::is_lame_duck);
    let mut response = Response::new(if leaving { "leaving\n" } else { "ready\n" }.into());
    if leaving {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    response
}
