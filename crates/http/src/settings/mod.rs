//! How HTTP is spoken: plain values.

mod http;

pub use http::Http;
