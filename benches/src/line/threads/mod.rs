//! A thread for each connection, on std alone.

mod accept;
pub mod datagrams;
pub mod echo;
pub mod lines;
pub mod tls;
