//! Serving connections, each in a task of its own.

mod connections;
mod serve;

pub(crate) use connections::Connections;
pub(crate) use serve::Stage;
