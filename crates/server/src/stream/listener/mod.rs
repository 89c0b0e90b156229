//! Where connections come from.

mod any;
mod bind_error;
mod listener;
mod tcp;

pub(crate) use any::AnyListener;
pub use bind_error::BindError;
pub use listener::Listener;
pub(crate) use tcp::open;
