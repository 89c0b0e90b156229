//! A running server: its life, and its handles.

mod grip;
mod report;
mod server;
mod server_end;
mod supervise;

pub(crate) use grip::Grip;
pub use report::StopReport;
pub use server::ServerHandle;
pub use server_end::ServerEnd;
pub(crate) use supervise::{Course, Door, Ending, supervise};
