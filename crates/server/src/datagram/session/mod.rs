//! Peers that are served for as long as they send: a task and a queue for each.

mod bucket;
mod cell;
mod handler;
mod host;
mod memory;
mod session;
mod sessions;
mod stage;
mod table;

pub use handler::SessionHandler;
pub(crate) use host::host;
pub use session::Session;
pub use sessions::Sessions;
pub(crate) use stage::Stage;
