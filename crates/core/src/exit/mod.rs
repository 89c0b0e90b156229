//! How a task ends.

mod exit;
mod panic;
mod reason;

pub use exit::Exit;
pub use panic::PanicInfo;
pub(crate) use panic::{Payload, bury, contain, drop_then, swallow};
pub use reason::Reason;
