//! The handshakes in progress, the oldest first: who has taken long makes way when others wait.
//!
//! A client that begins a handshake and says no more would else hold its leave until its time is over, and so many of them
//! would keep everybody out.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::stop::{StopSignal, Stopper};
use crate::sync::Mutex;

/// Nobody makes way earlier. A round trip or two take less, also to the other end of the world.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Default)]
pub(super) struct Turns(Mutex<Table>);

#[derive(Default)]
struct Table {
    next: u64,
    running: BTreeMap<u64, Turn>,
}

struct Turn {
    since: Instant,
    push: Stopper,
}

impl Turns {
    /// One more is in progress: its number, and the signal to make way.
    pub(super) fn begin(&self) -> (u64, StopSignal) {
        let push = Stopper::new();
        let signal = push.signal();
        let mut table = self.0.lock();
        let number = table.next;
        table.next += 1;
        table.running.insert(number, Turn { since: Instant::now(), push });
        (number, signal)
    }

    pub(super) fn end(&self, number: u64) {
        let turn = self.0.lock().running.remove(&number);
        drop(turn);
    }

    /// Tells the oldest to make way, if it has taken long enough; else when to ask again.
    pub(super) fn push(&self) -> Result<(), Instant> {
        let now = Instant::now();
        let mut table = self.0.lock();
        // All that are in progress have been told, or none may be.
        let Some(oldest) = table.running.first_entry() else { return Err(now + PATIENCE) };
        let due = oldest.get().since + PATIENCE;
        if now < due {
            return Err(due);
        }
        let turn = oldest.remove();
        drop(table);
        turn.push.stop();
        Ok(())
    }
}
