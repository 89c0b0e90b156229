//! The server examples over real sockets: each test includes the example's own source, and runs its handler.

#![allow(clippy::duplicate_mod, reason = "each example that fetches brings its own `fetch`")]

#[cfg(feature = "http")]
mod axum_router;
#[cfg(feature = "http")]
mod browser;
mod chat;
#[cfg(feature = "websocket")]
mod chatroom;
mod client;
#[cfg(feature = "http")]
mod downloader;
mod echo;
#[cfg(feature = "aws-lc-rs")]
mod echo_tls;
#[cfg(feature = "http")]
mod fetch_per_line;
#[cfg(feature = "http")]
mod http_hello;
#[cfg(feature = "http")]
mod http_streaming;
#[cfg(all(feature = "http", feature = "aws-lc-rs"))]
mod https_hello;
mod limit_connections;
#[cfg(feature = "http")]
mod long_polling;
#[cfg(feature = "websocket")]
mod member;
mod port_forwarder;
mod proxy_protocol;
mod raw_echo;
mod ready_made_socket;
#[cfg(feature = "http")]
mod sse_clock;
mod udp_echo;
#[cfg(unix)]
mod unix_echo;
#[cfg(feature = "http")]
mod web_proxy;
#[cfg(feature = "websocket")]
mod websocket;
#[cfg(feature = "websocket")]
mod websocket_random;
