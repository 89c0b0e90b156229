//! Ours, each in as few lines as a user would write.

#[cfg(feature = "datagrams")]
pub mod datagrams;
#[cfg(feature = "deadline")]
pub mod deadline;
pub mod echo;
pub mod lines;
#[cfg(feature = "recv")]
pub mod recv;
mod server;
#[cfg(feature = "tls")]
pub mod tls;
