//! HTTP on the line from accept to drain: hyper as one handler, so that limits, TLS, PROXY headers, drain, kill and the task tree
//! hold for it as they do for everything else.
//!
//! * **Serving**: [`HttpServer`], or [`Http`] and its [`handler`](Http::handler) on a server of your own; a service is a tower
//!   service or a plain function ([`IntoHttpService`]).
//! * **A request**: [`Request`], its body [`Incoming`], and what is known of it besides, [`RequestFacts`].
//! * **An answer**: [`Response`], and its [`Body`], whole or as it comes to be.
//! * **As it happens**: [`WebSocket`], by [`upgrade`]; [`Sse`], server-sent events; [`long_poll()`].
//! * **Operations**: [`AccessLog`], [`readiness`].

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(feature = "websocket"),
    allow(dead_code, reason = "what upgrades plug into is there without them")
)]

mod access_log;
mod body;
mod budget;
mod clock;
mod facts;
mod gate;
mod handler;
mod incoming;
mod life;
mod long_poll;
mod readiness;
mod refusal;
mod server;
mod service;
mod settings;
mod speak;
mod sse;
mod upgrade;
#[cfg(feature = "websocket")]
mod websocket;
mod wire;

/// The words of HTTP, as the crate `http` has them.
pub use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, Version, header};

pub use access_log::{AccessEntry, AccessLog, AccessLogBody, AccessLogFuture, AccessLogService};
pub use body::{Body, BodyWriter, ClientGone, QueueFeed};
pub use facts::{RequestFacts, RequestId};
pub use handler::HttpHandler;
pub use incoming::{BodyError, Incoming};
pub use long_poll::{Tidings, long_poll};
pub use readiness::readiness;
pub use server::HttpServer;
pub use service::{
    HttpFunction, HttpFunctionFuture, HttpOutput, HttpService, IntoHttpService, Request, Response,
    ViaFunction, ViaTower,
};
pub use settings::Http;
pub use sse::{Sse, SseEvent, SseFieldError, last_event_id};
#[cfg(feature = "websocket")]
pub use websocket::{
    Message, MessageText, WebSocket, WebSocketError, WebSocketSendError, WebSocketSender,
    WebSocketTrySendError, WebSocketUpgrade, upgrade,
};
