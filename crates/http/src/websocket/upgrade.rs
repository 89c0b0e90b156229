//! The short way.

use std::future::Future;

use greenroom_server::HandlerOutput;
use http::Request;

use crate::service::Response;
use crate::websocket::{WebSocket, WebSocketUpgrade};

/// Answers a request for a WebSocket, and has `serve` serve it: [`WebSocketUpgrade::new().on(request, serve)`](WebSocketUpgrade::on),
/// with its defaults. **Any page may open it**: where cookies tell who somebody is, see
/// [`same_origin`](WebSocketUpgrade::same_origin).
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, Response, WebSocket, WebSocketError, upgrade};
///
/// async fn echo(mut socket: WebSocket) -> Result<(), WebSocketError> {
///     while let Some(message) = socket.next().await? {
///         socket.send(message).await?;
///     }
///     Ok(())
/// }
///
/// async fn service(request: Request) -> Response {
///     upgrade(request, echo)
/// }
/// ```
#[must_use = "the WebSocket opens when this is the request's answer"]
pub fn upgrade<B, F, Fut>(request: Request<B>, serve: F) -> Response
where
    F: FnOnce(WebSocket) -> Fut + Send + 'static,
    Fut: Future<Output: HandlerOutput> + Send + 'static,
{
    WebSocketUpgrade::new().on(request, serve)
}
