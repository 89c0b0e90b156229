//! Many tasks under one handle.

mod group;
mod join;
mod kill;
mod map;

pub use group::Group;
pub use join::GroupJoin;
pub use kill::GroupKill;
