//! Greenroom is an async-first server toolkit on tokio: tasks that anybody may wait on, link to and kill; groups, pools,
//! queues, events and timeouts that read the way one thinks; and servers that need an address and a handler and then
//! stay up.
//!
//! ```no_run
//! use std::io;
//! use greenroom::{Connection, StreamServer, terminate};
//!
//! #[tokio::main]
//! async fn main() -> io::Result<()> {
//!     let signal = terminate(); // the first SIGINT or SIGTERM
//!     let server = StreamServer::bind("127.0.0.1:7000").start(echo).await?;
//!     println!("{}", server.stop_when(signal).await); // drained, killed, cut off
//!     Ok(())
//! }
//!
//! async fn echo(mut conn: Connection) -> io::Result<()> {
//!     let mut lines = conn.lines();
//!     while let Some(line) = lines.next().await? {
//!         lines.send(line).await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! # What to read first
//!
//! * For a server: [`StreamServer`], then [`Connection`], then [`Limits`] and [`Deadlines`].
//! * For tasks alone: [`spawn()`], then [`AnyTask::kill`], then [`bracket`].
//! * For HTTP: `HttpServer`, and what a plain function may return, `HttpOutput`.
//! * Coming from gevent: type its name into the search above, `joinall` or `GreenletExit`, and it leads to ours.
//! * The [book](https://github.com/greenroom-rs/greenroom/blob/HEAD/docs/SUMMARY.md) begins with
//!   [a server in ten minutes](https://github.com/greenroom-rs/greenroom/blob/HEAD/docs/getting-started.md);
//!   the [tour](https://github.com/greenroom-rs/greenroom/blob/HEAD/examples/README.md) has about fifty programs, smallest first.
//!
//! # The map
//!
//! This crate is the facade: every public name, flat.
//!
//! | room | names |
//! |---|---|
//! | tasks | [`spawn()`], [`spawn_fallible`], [`spawn_later`], [`TaskBuilder`]; [`Task`], [`AnyTask`], [`current()`] |
//! | how they end | [`Exit`], [`TaskError`], [`Reason`]; [`AnyTask::kill`], [`Task::link`] |
//! | clean-up | [`bracket`], [`finally`], [`shield`] |
//! | time | [`timeout()`], [`WithTimeout`], [`Timeout`], [`Elapsed`]; [`Alarm`] |
//! | waiting | [`Event`], [`AsyncResult`], [`Queue`], [`Channel`], [`Semaphore`], [`BoundedSemaphore`] |
//! | many | [`Group`], [`Pool`] and their `map`s, [`ThreadPool`]; [`join_all`], [`try_join_all`], [`kill_all`], [`wait()`], [`iwait`] |
//! | a task's own | [`Local`], [`RLock`], [`Actor`] |
//! | looking inside | [`Registry`], [`format_tree`] |
//! | servers | [`StreamServer`], [`Address`], [`Handler`], [`with()`], [`ServerHandle`], [`StopReport`]; [`terminate()`] |
//! | connections | [`Connection`], [`Lines`], [`Frames`], [`ReadHalf`], [`WriteHalf`], [`StopSignal`] |
//! | limits | [`Limits`], [`Deadlines`], [`raise_nofile`]; [`AcceptPolicy`], [`Backoff`]; [`ProxyProtocol`] |
//! | listeners | [`Listener`], [`ListenerExt`], [`MemoryListener`] |
//! | datagrams | [`DatagramServer`], [`Packet`]; [`SessionServer`], [`Session`] |
//! | clients | [`connect()`], [`Connect`] |
//! | TLS | `Tls`, `TlsClient`, `ClientCertificates`, `connect_tls` |
//! | HTTP | `HttpServer`, `Http`, `Request`, `Response`, `Body`, `Incoming`; `AccessLog`, `readiness` |
//! | as it happens | `WebSocket`, `upgrade`, `Sse`, `long_poll` |
//!
//! # Features
//!
//! | feature | by default | what it adds |
//! |---|---|---|
//! | `aws-lc-rs` | yes | TLS, on the provider that rustls recommends |
//! | `ring` | | TLS, on a provider that builds faster. With both, aws-lc-rs is used |
//! | `http` | yes | HTTP |
//! | `websocket` | yes | WebSocket, and with it HTTP |
//!
//! Plain servers and tasks need none of them (`default-features = false`). For a name whose feature is missing, the compiler says which it
//! is.
//!
//! # What it needs
//!
//! A tokio runtime with io and time, as `#[tokio::main]` makes it; `tokio` is a dependency of your own, with the features `macros` and
//! `rt-multi-thread`. The log goes through [`tracing`](https://docs.rs/tracing): errors and panics of handlers, failures that nobody looked at.
//! It is seen once the program has a subscriber, such as `tracing_subscriber::fmt::init()`.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(doctest)]
mod book;

#[doc(inline)]
pub use greenroom_core::*;
#[doc(inline)]
pub use greenroom_server::*;

// What needs a feature is named, so that the compiler can say which.
#[cfg(feature = "http")]
#[doc(inline)]
pub use greenroom_http::{
    AccessEntry, AccessLog, AccessLogBody, AccessLogFuture, AccessLogService, Body, BodyError, BodyWriter,
    ClientGone, HeaderMap, HeaderName, HeaderValue, Http, HttpFunction, HttpFunctionFuture, HttpHandler,
    HttpOutput, HttpServer, HttpService, Incoming, IntoHttpService, Method, QueueFeed, Request, RequestFacts,
    RequestId, Response, Sse, SseEvent, SseFieldError, StatusCode, Tidings, Uri, Version, ViaFunction,
    ViaTower, header, last_event_id, long_poll, readiness,
};
#[cfg(feature = "websocket")]
#[doc(inline)]
pub use greenroom_http::{
    Message, MessageText, WebSocket, WebSocketError, WebSocketSendError, WebSocketSender,
    WebSocketTrySendError, WebSocketUpgrade, upgrade,
};
#[cfg(any(feature = "aws-lc-rs", feature = "ring"))]
#[doc(inline)]
pub use greenroom_server::{
    CertificateInfo, ClientCertificates, ConnectTlsError, HandshakeError, HandshakeErrorKind, StartTlsError,
    Tls, TlsBuilder, TlsClient, TlsClientStream, TlsError, TlsErrorKind, TlsFacts, TlsVersions, TlsWatch,
    connect_tls,
};
