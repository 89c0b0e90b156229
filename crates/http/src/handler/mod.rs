//! HTTP as a handler of connections.

mod http_handler;

pub use http_handler::HttpHandler;
