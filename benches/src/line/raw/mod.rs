//! The rivals: by hand on tokio, tokio-rustls and its sockets.

mod accept;
pub mod axum;
pub mod datagrams;
pub mod echo;
pub mod http;
pub mod lines;
pub mod ready;
pub mod tls;
pub mod websocket;
