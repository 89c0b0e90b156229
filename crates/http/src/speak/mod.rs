//! Speaking HTTP on one connection: which version, and then that version to its end.

mod dialogue;
mod drain_unread;
mod http1;
mod http2;
mod sniff;
mod streams;
mod stuck;

pub(crate) use dialogue::Dialogue;
