//! Asynchronous clean-up: code that runs when other code is over, however it ends.

mod bracket;
mod finally;
mod finally_ref;
mod guarded;
mod report;
mod shield;

pub use bracket::bracket;
pub use finally::{Finally, finally};
pub use finally_ref::{FinallyRef, finally_ref};
pub use report::CleanupOutput;
pub use shield::{Shield, shield};
