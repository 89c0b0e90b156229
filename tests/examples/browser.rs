//! A client that speaks HTTP: hyper's.

use std::time::Duration;

use bytes::Bytes;
use greenroom::ServerHandle;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// Long enough for a slow machine; nothing is decided by it.
const PATIENCE: Duration = Duration::from_secs(60);

/// What came back, whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    /// A header's value; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("it is text"))
    }
}

pub(crate) async fn get(server: &ServerHandle, target: &str) -> Answer {
    ask(server, "GET", target, "").await
}

/// One request of HTTP/1.1, on a connection of its own.
pub(crate) async fn ask(server: &ServerHandle, method: &str, target: &str, body: impl Into<Bytes>) -> Answer {
    let request = Request::builder().method(method).uri(target).header("host", "localhost");
    let request = request.body(Full::new(body.into())).expect("it is a request");
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(connect(server).await)).await.expect("it begins");
    let exchange = async move { read(sender.send_request(request).await).await };
    within(async { tokio::join!(exchange, connection).0 }).await
}

/// The same by HTTP/2, over a stream that is connected.
pub(crate) async fn get_by_http2<S>(stream: S, uri: &str) -> Answer
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    ask_by_http2(stream, "GET", uri).await
}

pub(crate) async fn ask_by_http2<S>(stream: S, method: &str, uri: &str) -> Answer
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = Request::builder().method(method).uri(uri);
    let request = request.body(Full::<Bytes>::default()).expect("it is a request");
    let handshake = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = handshake.await.expect("it begins");
    let exchange = async move { read(sender.send_request(request).await).await };
    within(async { tokio::join!(exchange, connection).0 }).await
}

pub(crate) async fn connect(server: &ServerHandle) -> TcpStream {
    let address = server.local_addrs()[0].as_socket().expect("it is TCP");
    TcpStream::connect(address).await.expect("the server accepts")
}

async fn read(response: hyper::Result<http::Response<hyper::body::Incoming>>) -> Answer {
    let (head, body) = response.expect("an answer").into_parts();
    let body = body.collect().await.expect("the whole of it").to_bytes();
    let text = String::from_utf8_lossy(&body).into_owned();
    Answer { status: head.status.as_u16(), headers: head.headers, text }
}

async fn within<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("the server answers")
}
