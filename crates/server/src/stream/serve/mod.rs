//! Serving connections, each in a task of its own.

mod serve;

pub(crate) use serve::Stage;
