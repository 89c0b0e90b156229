//! Values that each task has for itself.

mod error;
mod loan;
mod local;
mod with_local;

pub use error::{LocalError, LocalSetError};
pub use local::Local;
pub use with_local::WithLocal;
