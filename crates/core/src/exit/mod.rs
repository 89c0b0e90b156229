//! How a task ends.

mod exit;
mod panic;
mod reason;

pub use exit::Exit;
pub use panic::PanicInfo;
pub(crate) use panic::{Payload, contain};
pub use reason::Reason;
