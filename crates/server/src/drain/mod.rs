//! How a server comes to its end, whatever it serves: told to stop, listeners closed, drained, killed, over.
//!
//! It knows neither streams nor datagrams. A server brings its [`Door`]s, which are loops that let guests in, and gives
//! each guest a [`Seat`]; it gets back a [`Grip`] for its handles. What happens in between is the [`Course`].
//!
//! Invariants:
//! 1. The phase only goes up. Whoever waits for the end gets it, also when the supervisor is killed or its runtime gone.
//! 2. No guest hears of the stop before all doors are closed, unless a door does not close before the kill is due.
//! 3. A guest is counted from `seat` until its seat is dropped. One that comes in during the kill is killed as well.
//! 4. The kill may be brought forward, never put off.

mod condemned;
mod course;
mod door;
mod ending;
mod graces;
mod grip;
mod guest;
mod guests;
mod lost;
mod order;
mod phase;
mod report;
mod seat;
mod server_end;
mod slots;
mod straggler;
mod supervise;
#[cfg(test)]
mod tests;

pub(crate) use course::Course;
pub(crate) use door::Door;
pub(crate) use graces::Graces;
pub(crate) use grip::Grip;
pub use guest::Guest;
pub(crate) use guest::Identity;
pub(crate) use guests::Guests;
pub(crate) use lost::Lost;
pub use phase::Phase;
pub use report::StopReport;
pub(crate) use seat::Seat;
pub use server_end::ServerEnd;
pub use straggler::{Fate, Straggler};
pub(crate) use supervise::launch;
