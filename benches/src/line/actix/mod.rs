//! actix-server, with the connections served as they are by hand on tokio.

pub mod echo;
pub mod lines;
mod server;
pub mod tls;
