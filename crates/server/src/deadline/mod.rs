//! How long a connection may take. Deadlines are looked at when it waits, and cost no timer per read.

mod deadlines;
mod error;
mod watch;

pub use deadlines::Deadlines;
pub use error::{Deadline, DeadlineError};
pub(crate) use watch::Watch;
