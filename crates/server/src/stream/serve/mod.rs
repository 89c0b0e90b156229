//! Serving connections, each in a task of its own.

mod connections;
mod serve;

pub(super) use connections::Connections;
pub(super) use serve::Stage;
