//! Where connections come from.

mod any;
mod listener;
mod tcp;

pub(super) use any::AnyListener;
pub use listener::Listener;
pub(super) use tcp::open;
