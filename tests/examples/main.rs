//! The server examples over real sockets: each test includes the example's own source, and runs its handler.

mod chat;
mod client;
mod echo;
#[cfg(feature = "aws-lc-rs")]
mod echo_tls;
mod limit_connections;
mod port_forwarder;
mod proxy_protocol;
mod raw_echo;
mod ready_made_socket;
mod udp_echo;
#[cfg(unix)]
mod unix_echo;
