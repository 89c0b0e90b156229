//! Tasks under one handle: what groups and pools have in common. A group is a crew without a bound.
//!
//! Invariants:
//! 1. Members, slots and everybody who waits are under one mutex, so that `len`, `free` and `join` never disagree.
//! 2. A task is a member before it first runs, and until it ends or is discarded. The hook that takes it out knows its
//!    number, so that a hook left over from an earlier membership does nothing.
//! 3. Slots in use = members + slots on their way ([`Slot`], or handed to a place in the line that was served).
//!    While a slot is free nobody is in the line: whoever makes one free serves the line under the same lock.
//! 4. Nobody is woken, killed, dropped or called under the mutex.
//! 5. A crew's members and hooks know the crew; only handles hold its [`Keeper`], whose drop kills the members.

mod apply;
mod claim;
mod crew;
mod item;
mod keeper;
mod kill_order;
mod line;
mod slot;
mod spawning;

pub use apply::Apply;
pub(crate) use claim::{Applicant, Claimed};
pub(crate) use crew::Crew;
pub(crate) use item::Item;
pub(crate) use keeper::Keeper;
pub(crate) use slot::Slot;
pub(crate) use spawning::Spawning;
