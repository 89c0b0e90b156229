//! Foreign clients against the examples: what they speak was not written by us.
//!
//! Skipped, with a line that says so, unless `GREENROOM_INTEROP=1`. The examples must have been built; `just interop` and
//! `.ci/run` see to that, and to the clients.

#[path = "../tour/built.rs"]
mod built;
mod example;
mod folder;
mod foreign;
mod haproxy;
#[cfg(feature = "websocket")]
mod node;
mod process;
#[cfg(feature = "http")]
mod running;
#[cfg(feature = "http")]
mod venv;

#[cfg(target_os = "linux")]
mod accept;
#[cfg(feature = "http")]
mod axum_router;
#[cfg(feature = "websocket")]
mod chatroom;
#[cfg(feature = "http")]
mod clients;
#[cfg(feature = "http")]
mod downloader;
mod echo;
#[cfg(feature = "aws-lc-rs")]
mod echo_tls;
#[cfg(feature = "http")]
mod fetch_per_line;
#[cfg(feature = "http")]
mod http_drain;
#[cfg(feature = "http")]
mod http_hello;
#[cfg(feature = "http")]
mod http_load;
#[cfg(feature = "http")]
mod http_streaming;
#[cfg(all(feature = "http", feature = "aws-lc-rs"))]
mod https_hello;
#[cfg(target_os = "linux")]
mod limit_connections;
#[cfg(feature = "http")]
mod long_polling;
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
mod websocket_random;
#[cfg(feature = "aws-lc-rs")]
mod wrong_protocol;
