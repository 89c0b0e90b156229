//! How a request becomes a WebSocket.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use greenroom_server::HandlerOutput;
use http::{HeaderValue, Request};
use hyper::upgrade::OnUpgrade;

use crate::facts::RequestFacts;
use crate::life::AfterUpgrade;
use crate::service::Response;
use crate::upgrade::Upgrade;
use crate::websocket::WebSocket;
use crate::websocket::handshake::{Asked, NotAsked, choose};
use crate::websocket::origins::Origins;
use crate::websocket::serve::serving;
use crate::websocket::terms::Terms;

const KIB: usize = 1024;

/// How a request becomes a [`WebSocket`], and what that is held to. Plain values; make one and use it for every request.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, Response, WebSocket, WebSocketUpgrade};
///
/// async fn service(request: Request) -> Response {
///     let upgrade = WebSocketUpgrade::new().same_origin().max_message(64 * 1024).protocols(["chat.2", "chat.1"]);
///     upgrade.on(request, async |mut socket: WebSocket| {
///         let greeting = format!("this is {}", socket.protocol().unwrap_or("some protocol"));
///         socket.send(greeting).await
///     })
/// }
/// ```
#[derive(Debug, Clone)]
#[must_use = "these are plain values until a request is answered"]
pub struct WebSocketUpgrade {
    terms: Terms,
    protocols: Vec<HeaderValue>,
    origins: Origins,
}

impl Default for WebSocketUpgrade {
    fn default() -> Self {
        Self::new()
    }
}

impl WebSocketUpgrade {
    /// The defaults.
    pub const fn new() -> Self {
        let terms = Terms {
            max_message: 1024 * KIB,
            max_frame: 1024 * KIB,
            read_buffer: 4 * KIB,
            ping: Some((Duration::from_secs(20), Duration::from_secs(20))),
            max_control_frames: 100,
            outbox: 64,
            close_deadline: Duration::from_secs(5),
        };
        Self { terms, protocols: Vec::new(), origins: Origins::Any }
    }

    /// The most bytes that a message of the client may have: more is answered with 1009. Default: 1 MiB.
    pub const fn max_message(mut self, bytes: usize) -> Self {
        self.terms.max_message = bytes;
        self
    }

    /// The most bytes that a frame of the client may have, a message being one or several: more is answered with 1009, before
    /// anything is allocated for it. Default: 1 MiB.
    pub const fn max_frame(mut self, bytes: usize) -> Self {
        self.terms.max_frame = bytes;
        self
    }

    /// So many bytes are read at once; every socket has a buffer of this size, idle or not. More is faster for large messages.
    /// Default: 4 KiB.
    pub const fn read_buffer(mut self, bytes: usize) -> Self {
        self.terms.read_buffer = bytes;
        self
    }

    /// The protocols that are spoken over it, best first: the first that the client offers is agreed on. If it offers none of
    /// them, none is: see [`WebSocket::protocol`]. Default: none.
    ///
    /// # Panics
    ///
    /// If a name is no token as HTTP has them: letters, digits, and a few signs.
    #[track_caller]
    #[doc(alias = "Sec-WebSocket-Protocol")]
    pub fn protocols<P: AsRef<str>>(mut self, names: impl IntoIterator<Item = P>) -> Self {
        self.protocols = names.into_iter().map(|name| token(name.as_ref())).collect();
        self
    }

    /// Refuses requests, with 403, whose page is of an origin that `allowed` does not want, as in `https://example.com`. Default: any
    /// origin.
    ///
    /// Browsers let every page open a WebSocket to every server, and send the server's cookies along: where these tell who somebody
    /// is, **any page that they visit can speak in their name unless this or [`same_origin`](Self::same_origin) is set**. A
    /// request without an origin comes from no browser, and is not refused.
    #[doc(alias = "Origin")]
    pub fn origins(mut self, allowed: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        self.origins = Origins::Those(Arc::new(allowed));
        self
    }

    /// Refuses requests, with 403, whose page is not of the host and port that the request is for, as its `Host` says. Behind a
    /// proxy that changes `Host`, use [`origins`](Self::origins). Default: any origin.
    pub fn same_origin(mut self) -> Self {
        self.origins = Origins::Same;
        self
    }

    /// A client of which nothing was heard for `interval` is sent a ping, and given up when there is no sign of life within
    /// `limit`; so is one that takes nothing of what is sent to it for both together. `None`: never. Default: 20 s, and 20 s.
    pub const fn ping(mut self, interval_and_limit: Option<(Duration, Duration)>) -> Self {
        self.terms.ping = interval_and_limit;
        self
    }

    /// At most so many pings and pongs of the client at once, and a tenth of it more each second: a client that sends more is
    /// disconnected, with 1008. Default: 100.
    pub const fn max_control_frames(mut self, n: u32) -> Self {
        self.terms.max_control_frames = n;
        self
    }

    /// So many messages fit into the outbox of [`WebSocket::sender`]. Default: 64.
    ///
    /// # Panics
    ///
    /// If it is zero.
    #[track_caller]
    pub const fn outbox(mut self, messages: usize) -> Self {
        assert!(messages > 0, "an outbox without room passes nothing on");
        self.terms.outbox = messages;
        self
    }

    /// How long closing may take: what is left to be sent, and the client's answer. Default: 5 s.
    pub const fn close_deadline(mut self, limit: Duration) -> Self {
        self.terms.close_deadline = limit;
        self
    }

    /// Answers a request for a WebSocket with 101, and has `serve` serve it, in the connection's own task: as long as it runs,
    /// the connection has its place in the server's limits, in its drain, and in the tree of tasks, and a kill runs its
    /// [clean-ups](greenroom_core::finally).
    ///
    /// When it has ended the socket is closed: with 1000, with 1011 when it failed or panicked, or with 1001 when the server is
    /// stopping. Its error is logged.
    ///
    /// A request that is none for a WebSocket, or from an origin that is not wanted, is answered with the reason, and `serve`
    /// is dropped: 400, 403, 405 or 426; 501 over HTTP/2, or when this is no request of a Greenroom server.
    #[must_use = "the WebSocket opens when this is the request's answer"]
    pub fn on<B, F, Fut>(&self, request: Request<B>, serve: F) -> Response
    where
        F: FnOnce(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output: HandlerOutput> + Send + 'static,
    {
        self.try_on(request, serve).unwrap_or_else(NotAsked::response)
    }

    fn try_on<B, F, Fut>(&self, mut request: Request<B>, serve: F) -> Result<Response, NotAsked>
    where
        F: FnOnce(WebSocket) -> Fut + Send + 'static,
        Fut: Future<Output: HandlerOutput> + Send + 'static,
    {
        let asked = Asked::of(&request)?;
        if !self.origins.allow(request.uri(), request.headers()) {
            return Err(NotAsked::Origin);
        }
        let protocol = choose(&self.protocols, request.headers()).cloned();
        let extensions = request.extensions_mut();
        let facts = extensions.get::<RequestFacts>().cloned().ok_or(NotAsked::Connectionless)?;
        let on = extensions.remove::<OnUpgrade>().ok_or(NotAsked::Connectionless)?;
        let mut response = asked.response(protocol.as_ref());
        let run = serving(self.terms.clone(), facts, protocol, serve);
        response.extensions_mut().insert(Upgrade::new(AfterUpgrade { on, run }));
        Ok(response)
    }
}

#[track_caller]
fn token(name: &str) -> HeaderValue {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    match HeaderValue::from_str(name) {
        Ok(value) if !name.is_empty() && name.bytes().all(is_token) => value,
        _ => panic!(
            "{name:?} is no name of a protocol: it may have letters, digits, and `-`, `.`, `_` and the like"
        ),
    }
}
