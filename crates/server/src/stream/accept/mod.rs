//! The accept loop, and what it goes by.

mod accept;
mod goodbye;
mod last_call;
mod next;
mod on_fatal;
mod policy;
mod shed;

pub(crate) use accept::{Rules, accept};
pub use on_fatal::OnFatal;
pub use policy::AcceptPolicy;
