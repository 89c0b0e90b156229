//! The rivals: by hand on tokio, tokio-rustls and its sockets.

mod accept;
pub mod datagrams;
pub mod axum;
pub mod echo;
pub mod http;
pub mod lines;
pub mod ready;
pub mod tls;
pub mod websocket;
