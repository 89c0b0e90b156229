//! One function over many items, on the workers of a group or pool.
//!
//! A *job* is one call of `map` or its siblings. Its items are pulled, one at a time, by *workers*: tasks of the crew
//! that live as long as there are items, so that an item costs no task.
//!
//! Invariants:
//! 1. Two locks: the source's, which guards the user's iterator and nothing else, and the board's, which guards all the
//!    rest and under which no user code runs. Nobody takes the source's under the board's. The crew's mutex may be
//!    taken under the board's, never the other way round.
//! 2. A worker is *looking* while nobody needs to fetch another one for the next item. It stops looking when its item
//!    suspends, when there is no room, and when it ends; then `Job::call` sees to it that somebody looks, as long as
//!    there is room: an idle worker, a new one, or a place in the line for one.
//! 3. An item that has suspended is noted on the board, where the note stays until its worker suspends again, delivers
//!    or has had its turn. So whoever fails knows which later items to kill, and the hook at a worker's end knows which
//!    item was lost with it.
//! 4. `flight` counts the items that were started and not read. It is reserved before the pull.
//! 5. A worker never suspends between two items but idle (in two lines: for room, and for somebody who wants its slot) or
//!    to give others their turn.
//! 6. The job is over when nobody is at work and nothing is left to pull. Until then its reader's waker is kept.

mod board;
mod imap;
mod imap_unordered;
mod job;
mod judged;
mod map;
mod pace;
mod reading;
mod results;
mod source;
mod staff;
mod worker;

pub use imap::Imap;
pub use imap_unordered::ImapUnordered;
pub use map::Map;
pub(crate) use reading::Reading;
pub(crate) use results::Results;
