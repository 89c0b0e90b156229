//! A limit to the time that something may take, composed around any future.

mod elapsed;
mod timed;
mod timeout;
mod value;
mod with_timeout;

pub use elapsed::Elapsed;
pub use timed::{Timed, timeout};
pub use timeout::Timeout;
pub use value::with_timeout_value;
pub use with_timeout::WithTimeout;
