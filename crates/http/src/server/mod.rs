//! A server for HTTP.

mod http_server;

pub use http_server::HttpServer;
