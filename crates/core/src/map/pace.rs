//! How many look for the next item at once.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// So many items make a turn: after it, others run.
pub(super) const TURN: u32 = 128;

/// While few look, the clock is read after so many items.
const GLANCE: u32 = 16;

/// An item that takes longer is worth a second thread.
const LONG: Duration = Duration::from_micros(2);

/// Whether fewer look than could run at once, because they were only in each other's way: items so short that the time
/// goes into pulling them. A hint that costs nobody a lock.
#[derive(Debug, Default)]
pub(super) struct Calm(AtomicBool);

impl Calm {
    pub(super) fn set(&self, calm: bool) {
        self.0.store(calm, Ordering::Relaxed);
    }
}

/// What a worker knows of its own pace, in one poll.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// Items in a row that were ready at once.
    pub(super) streak: u32,
    /// Pulls at which it met another worker.
    met: u32,
    glanced: Option<Instant>,
}

impl Pace {
    #[inline]
    pub(super) fn meet(&mut self, met: bool) {
        self.met += u32::from(met);
    }

    /// Whether it is time to let others run.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.streak >= TURN || self.is_crowded()
    }

    /// Whether it was in another's way.
    pub(super) fn is_crowded(&self) -> bool {
        self.met >= TURN / 8
    }

    /// Whether few look, and items have become long.
    #[inline]
    pub(super) fn is_slow(&mut self, calm: &Calm) -> bool {
        if !calm.0.load(Ordering::Relaxed) || !self.streak.is_multiple_of(GLANCE) {
            return false;
        }
        let now = Instant::now();
        let before = self.glanced.replace(now);
        before.is_some_and(|before| now.duration_since(before) > LONG * GLANCE)
    }
}
