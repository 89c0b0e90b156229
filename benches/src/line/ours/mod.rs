//! Ours, each in as few lines as a user would write.

#[cfg(feature = "next")]
pub mod datagrams;
#[cfg(feature = "next")]
pub mod deadline;
pub mod echo;
pub mod lines;
#[cfg(feature = "next")]
pub mod recv;
mod server;
#[cfg(feature = "next")]
pub mod tls;
