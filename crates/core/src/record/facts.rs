//! What never changes about a task, and the few words that change without a lock.

use std::cell::Cell;
use std::fmt;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32 as PlainU32, AtomicU64, Ordering as PlainOrdering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use tokio::time::Instant;

use super::{Listing, Named};
use crate::sync::{AtomicBool as SharedBool, AtomicU8, Ordering};

/// The number of a task; unique in the process, never used again. Not an order: each thread counts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "minimal_ident")]
pub struct TaskId(NonZeroU64);

impl TaskId {
    /// Numbers are handed to threads in blocks: threads that spawn do not meet here.
    const BLOCK: u64 = 64;

    pub(crate) fn next() -> Self {
        static BLOCKS: AtomicU64 = AtomicU64::new(0);
        thread_local! {
            static NEXT: Cell<u64> = const { Cell::new(0) };
        }
        let number = NEXT.with(|next| {
            let mut number = next.get();
            if number % Self::BLOCK == 0 {
                number = BLOCKS.fetch_add(1, PlainOrdering::Relaxed) * Self::BLOCK;
            }
            next.set(number + 1);
            number
        });
        // 2^64 tasks at one a nanosecond take 584 years: the number never wraps to zero.
        Self(NonZeroU64::new(number + 1).unwrap_or(NonZeroU64::MIN))
    }

    /// The number itself.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0.get()
    }
}

impl fmt::Display for TaskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How far a task is. Written by the one who runs it; `Ended` is stored last, with everything before it visible.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Phase {
    /// Made, and waiting for `start`.
    Unstarted,
    /// Handed to the runtime, not polled yet.
    Scheduled,
    /// Being polled.
    Running,
    /// Suspended.
    Parked,
    /// Over, with a value.
    Finished,
    /// Over, without one.
    Ended,
}

/// What is fixed about a task from its birth on, and its phase.
pub(crate) struct Facts {
    pub(crate) id: TaskId,
    pub(crate) parent: Option<TaskId>,
    pub(crate) spawned_at: &'static Location<'static>,
    name: Option<Arc<dyn Named>>,
    phase: AtomicU8,
    killed: SharedBool,
    /// Its place on the roster.
    pub(crate) listing: Listing,
    /// When it first suspended, in seconds of the process.
    since: PlainU32,
    /// Whether anybody has learnt how it ended.
    seen: AtomicBool,
    /// Whether its side lies in the state. Asked only by whoever runs the task.
    has_side: AtomicBool,
    /// Whether it was handed to a runtime, also when it is over by now.
    started: AtomicBool,
}

impl Facts {
    pub(crate) fn new(
        parent: Option<TaskId>,
        spawned_at: &'static Location<'static>,
        name: Option<Arc<dyn Named>>,
        phase: Phase,
    ) -> Self {
        Self {
            id: TaskId::next(),
            parent,
            spawned_at,
            name,
            phase: AtomicU8::new(phase as u8),
            killed: SharedBool::new(false),
            listing: Listing::none(),
            since: PlainU32::new(u32::MAX),
            seen: AtomicBool::new(false),
            has_side: AtomicBool::new(false),
            started: AtomicBool::new(phase != Phase::Unstarted),
        }
    }

    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.name())
    }

    #[inline]
    pub(crate) fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Acquire) {
            0 => Phase::Unstarted,
            1 => Phase::Scheduled,
            2 => Phase::Running,
            3 => Phase::Parked,
            4 => Phase::Finished,
            _ => Phase::Ended,
        }
    }

    #[inline]
    pub(crate) fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Release);
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.phase() >= Phase::Finished
    }

    /// Whether a kill was asked for. Set under the mutex of the task's state; the order itself lies there.
    #[inline]
    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire)
    }

    pub(crate) fn set_killed(&self) {
        self.killed.store(true, Ordering::Release);
    }

    /// Notes the first suspension.
    pub(crate) fn set_since(&self) {
        self.since.store(second_of_process(), PlainOrdering::Relaxed);
    }

    /// How long ago it first suspended, to the second.
    pub(crate) fn age(&self) -> Option<Duration> {
        let since = self.since.load(PlainOrdering::Relaxed);
        (since != u32::MAX).then(|| Duration::from_secs(second_of_process().saturating_sub(since).into()))
    }

    #[inline]
    pub(crate) fn has_side(&self) -> bool {
        self.has_side.load(PlainOrdering::Relaxed)
    }

    pub(crate) fn set_has_side(&self, has: bool) {
        self.has_side.store(has, PlainOrdering::Relaxed);
    }

    pub(crate) fn is_started(&self) -> bool {
        self.started.load(PlainOrdering::Relaxed)
    }

    pub(crate) fn set_started(&self) {
        self.started.store(true, PlainOrdering::Relaxed);
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.seen.load(PlainOrdering::Relaxed)
    }

    pub(crate) fn set_seen(&self) {
        self.seen.store(true, PlainOrdering::Relaxed);
    }
}

/// Seconds on tokio's clock, from a year before somebody first asked: a paused clock of one runtime may be ahead of
/// another's.
fn second_of_process() -> u32 {
    const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
    static EPOCH: OnceLock<Instant> = OnceLock::new();
    let now = Instant::now();
    let epoch = *EPOCH.get_or_init(|| now.checked_sub(YEAR).unwrap_or(now));
    u32::try_from(now.saturating_duration_since(epoch).as_secs()).unwrap_or(u32::MAX - 1)
}
