//! The accept loop, and what it goes by.

mod accept;
mod digest;
mod error;
mod goodbye;
mod lost;
mod next;
mod on_fatal;
mod policy;
mod shed;

pub(crate) use accept::{Rules, accept};
pub use error::AcceptError;
pub(crate) use lost::Lost;
pub use on_fatal::OnFatal;
pub use policy::AcceptPolicy;
