//! Servers in memory.

use std::future::poll_fn;
use std::task::Poll;

use greenroom_http::{BodyError, Http, HttpServer, IntoHttpService, Request, Response};
use greenroom_server::{MemoryConnector, MemoryListener, ServerHandle, StreamServer};
use tokio::io::DuplexStream;

use crate::raw::Client;

/// A server, and a way to it.
pub(crate) struct Stage {
    pub(crate) server: ServerHandle,
    pub(crate) connector: MemoryConnector,
}

impl Stage {
    pub(crate) async fn new<V, S: IntoHttpService<V>>(service: S) -> Self {
        Self::with(Http::new(), service).await
    }

    pub(crate) async fn with<V, S: IntoHttpService<V>>(http: Http, service: S) -> Self {
        Self::on_line(http, |line| line, service).await
    }

    pub(crate) async fn on_line<V, S: IntoHttpService<V>>(
        http: Http,
        line: impl FnOnce(StreamServer) -> StreamServer,
        service: S,
    ) -> Self {
        let listener = MemoryListener::new();
        let connector = listener.connector();
        let server = HttpServer::on(listener).http(http).line(line).start(service).await.unwrap();
        Self { server, connector }
    }

    pub(crate) async fn connect(&self) -> Client<DuplexStream> {
        Client::new(self.connector.connect().await.unwrap())
    }

    /// Stops it. Nobody is left behind: every connection ended by itself, and its permit is back.
    pub(crate) async fn close(self) {
        let report = self.server.stop().await;
        assert!(report.is_clean(), "{report:?}");
        assert_eq!(self.server.limits().open_connections(), 0);
    }
}

/// Says what it was asked, and what came with it.
pub(crate) async fn echo(request: Request) -> Result<Response, BodyError> {
    let (head, body) = request.into_parts();
    let said = format!("{} {} ", head.method, head.uri);
    let body = body.bytes().await?;
    Ok(Response::new([said.as_bytes(), &body].concat().into()))
}

/// Never looks at a body.
pub(crate) async fn deaf(request: Request) -> Response {
    Response::new(format!("{} {}", request.method(), request.uri()).into())
}

/// Lets everybody else go on until nobody can.
pub(crate) async fn settle() {
    // Under a paused clock time passes only when every task waits.
    tokio::time::sleep(std::time::Duration::from_nanos(1)).await;
    let mut turns = 0;
    poll_fn(|context| {
        turns += 1;
        context.waker().wake_by_ref();
        if turns > 3 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}
