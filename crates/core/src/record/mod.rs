//! What a task is to everybody else: facts that never change, a state under one mutex, and its place in the roster.

mod cell;
mod control;
mod facts;
mod joiners;
mod ledger;
mod name;
mod record;
mod roster;

#[cfg(all(test, greenroom_loom))]
mod ledger_loom_tests;
#[cfg(all(test, greenroom_loom))]
mod loom_tests;
#[cfg(all(test, not(greenroom_loom)))]
mod tests;

pub(crate) use cell::{Cell, End, Output, order_kill};
pub(crate) use control::{Control, Hook, KillOrder};
pub use facts::TaskId;
pub(crate) use facts::{Facts, Phase};
pub(crate) use joiners::{JoinTicket, Joiners};
pub use name::Named;
pub(crate) use record::{Record, control};
pub(crate) use roster::{Listing, Roster};
