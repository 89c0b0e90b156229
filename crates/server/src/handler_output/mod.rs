//! What handlers return.

mod handler_output;

pub use handler_output::HandlerOutput;
