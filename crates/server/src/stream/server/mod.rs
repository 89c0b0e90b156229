//! A running server: its life, and its handles.

mod grip;
mod report;
mod server;
mod server_end;
mod supervise;

pub(super) use grip::Grip;
pub use report::StopReport;
pub use server::ServerHandle;
pub use server_end::ServerEnd;
pub(super) use supervise::{Course, Door, Ending, supervise};
