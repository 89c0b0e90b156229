//! An address, and a service that answers.

use std::future::Future;

#[cfg(feature = "tls")]
use greenroom_server::Tls;
use greenroom_server::{Address, Listener, ServeError, ServerHandle, StartError, StopReport, StreamServer};

use crate::service::IntoHttpService;
use crate::settings::Http;

/// A server for HTTP/1.0, HTTP/1.1 and HTTP/2: an address, and a service that answers.
///
/// It is a [`StreamServer`] whose handler speaks HTTP, so everything holds that holds there: the limits, TLS, PROXY headers, the
/// drain and its report. [`line`](Self::line) sets what is the line's; [`http`](Self::http) what is HTTP's.
///
/// A service is any [`tower::Service`](tower_service::Service) of requests, an axum `Router` as it is, or a plain function from
/// a [`Request`](crate::Request) to a [`Response`](crate::Response).
///
/// When it is told to stop, connections that are idle close at once, requests that are being answered get their answers, with
/// `Connection: close` or GOAWAY, [WebSockets](crate::WebSocket) are told that the server goes away, and
/// [event streams](crate::Sse) end: all within the server's grace.
///
/// gevent's `WSGIServer(listener, application).serve_forever()` is `HttpServer::bind(listener).serve(application)`. Unlike gevent's
/// it has a deadline and a limit for everything a client does.
///
/// # Examples
///
/// ```
/// use greenroom_http::{HttpServer, Request, Response};
///
/// async fn hello(request: Request) -> Response {
///     Response::new(format!("hello {}\n", request.uri().path()).into())
/// }
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = HttpServer::bind("127.0.0.1:0").start(hello).await?;
/// println!("listening on http://{}", server.local_addrs()[0]);
/// println!("{}", server.stop().await);
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[doc(alias("WSGIServer", "pywsgi"))]
#[must_use = "nothing happens until it is started"]
pub struct HttpServer {
    line: StreamServer,
    http: Http,
}

impl HttpServer {
    /// A server at what the address says, as [`StreamServer::bind`].
    pub fn bind(address: impl Into<Address>) -> Self {
        Self::over(StreamServer::bind(address))
    }

    /// A server on a listener of your own, or on a [`MemoryListener`](greenroom_server::MemoryListener).
    pub fn on(listener: impl Listener) -> Self {
        Self::over(StreamServer::on(listener))
    }

    const fn over(line: StreamServer) -> Self {
        Self { line, http: Http::new() }
    }

    /// How HTTP is spoken. Default: [`Http::new`].
    pub fn http(mut self, http: Http) -> Self {
        self.http = http;
        self
    }

    /// Sets what is not HTTP's: limits, socket options, PROXY headers, the graces of a stop. The line's
    /// [deadlines](greenroom_server::Deadlines) do not count here: HTTP has [its own](Http).
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use greenroom_http::HttpServer;
    ///
    /// let server = HttpServer::bind(":8080")
    ///     .line(|line| line.max_connections(1000).lame_duck(Duration::from_secs(5)));
    /// # drop(server);
    /// ```
    pub fn line(mut self, set: impl FnOnce(StreamServer) -> StreamServer) -> Self {
        self.line = set(self.line);
        self
    }

    /// Serves HTTPS. Which version of HTTP is spoken is agreed on in the handshake (ALPN), unless `tls` names protocols itself.
    #[cfg(feature = "tls")]
    #[doc(alias("keyfile", "certfile", "ssl_context"))]
    pub fn tls(self, tls: Tls) -> Self {
        // A client that offers nothing but what is not named here is turned away in its handshake, as `curl --http1.0` was.
        let http1 = self.http.http1;
        let spoken = [(self.http.http2, "h2"), (http1, "http/1.1"), (http1, "http/1.0")];
        let spoken = spoken.into_iter().filter_map(|(spoken, name)| spoken.then_some(name));
        self.line(|line| line.tls(tls.with_alpn(spoken)))
    }

    /// Binds, listens, and begins to serve. When this returns, clients can connect.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future starts nothing; sockets that were bound are closed.
    ///
    /// # Errors
    ///
    /// As [`StreamServer::start`].
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with io and time enabled.
    pub async fn start<V, S: IntoHttpService<V>>(self, service: S) -> Result<ServerHandle, StartError> {
        self.line.start(self.http.handler(service)).await
    }

    /// Starts, and serves until there is nothing to listen on any more. It does not look at signals; for that see
    /// [`serve_until`](Self::serve_until).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: listeners are closed at once, connections killed without a grace.
    ///
    /// # Errors
    ///
    /// As [`StreamServer::serve_forever`].
    #[doc(alias = "serve_forever")]
    pub async fn serve<V, S: IntoHttpService<V>>(self, service: S) -> Result<StopReport, ServeError> {
        self.line.serve_forever(self.http.handler(service)).await
    }

    /// Starts, serves until `until` is ready, and stops with the grace: `serve_until(terminate(), service)`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: listeners are closed at once, connections killed without a grace.
    ///
    /// # Errors
    ///
    /// As [`StreamServer::serve_until`].
    pub async fn serve_until<V, S: IntoHttpService<V>>(
        self,
        until: impl Future,
        service: S,
    ) -> Result<StopReport, ServeError> {
        self.line.serve_until(until, self.http.handler(service)).await
    }
}
