//! Foreign clients against the examples: what they speak was not written by us.
//!
//! Skipped, with a line that says so, unless `GREENROOM_INTEROP=1`. The examples must have been built; `just interop` and
//! `.ci/run` see to that, and to the clients.

mod example;
mod folder;
mod foreign;
mod haproxy;
mod process;

#[cfg(target_os = "linux")]
mod accept;
mod echo;
#[cfg(feature = "aws-lc-rs")]
mod echo_tls;
#[cfg(target_os = "linux")]
mod limit_connections;
mod port_forwarder;
mod proxy_protocol;
mod raw_echo;
mod ready_made_socket;
mod udp_echo;
#[cfg(unix)]
mod unix_echo;
#[cfg(feature = "aws-lc-rs")]
mod wrong_protocol;
