//! When the process is asked to end.

mod again;
mod terminate;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

pub(crate) use again::told_again;
pub use terminate::{Terminate, Termination, terminate};

#[cfg(unix)]
use unix::Signals;
#[cfg(windows)]
use windows::Signals;
