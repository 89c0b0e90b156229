//! How many connections there may be at once: a permit is taken before accept, and comes back when it is dropped.

mod entrance;
mod gate;
mod limits;
mod nofile;
mod permit;

pub(crate) use entrance::Entrance;
pub use limits::Limits;
pub(crate) use permit::Permit;
