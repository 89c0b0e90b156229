//! Ours, each in as few lines as a user would write.

pub mod datagrams;
pub mod deadline;
pub mod echo;
pub mod http;
pub mod lines;
pub mod recv;
mod server;
pub mod tls;
pub mod websocket;
