//! What never changes about a task, and the few words that change without a lock.

use std::fmt;
use std::num::NonZeroU64;
use std::panic::Location;
use std::sync::atomic::{AtomicBool, AtomicU32 as PlainU32, AtomicU64, Ordering as PlainOrdering};

use crate::sync::{AtomicU32, Ordering};

/// The number of a task; unique in the process, never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[doc(alias = "minimal_ident")]
pub struct TaskId(NonZeroU64);

impl TaskId {
    pub(crate) fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        // 2^64 tasks at one a nanosecond take 584 years: the number never wraps to zero.
        Self(NonZeroU64::new(NEXT.fetch_add(1, PlainOrdering::Relaxed)).unwrap_or(NonZeroU64::MIN))
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
#[repr(u32)]
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
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) id: TaskId,
    pub(crate) parent: Option<TaskId>,
    pub(crate) spawned_at: &'static Location<'static>,
    pub(crate) name: Option<Box<str>>,
    phase: AtomicU32,
    killed: AtomicU32,
    /// Its slot in the roster.
    slot: PlainU32,
    /// Whether anybody has learnt how it ended.
    seen: AtomicBool,
}

impl Facts {
    pub(crate) fn new(
        parent: Option<TaskId>,
        spawned_at: &'static Location<'static>,
        name: Option<Box<str>>,
        phase: Phase,
    ) -> Self {
        Self {
            id: TaskId::next(),
            parent,
            spawned_at,
            name,
            phase: AtomicU32::new(phase as u32),
            killed: AtomicU32::new(0),
            slot: PlainU32::new(u32::MAX),
            seen: AtomicBool::new(false),
        }
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
        self.phase.store(phase as u32, Ordering::Release);
    }

    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.phase() >= Phase::Finished
    }

    /// Whether a kill was asked for. Set under the mutex of the task's state; the order itself lies there.
    #[inline]
    pub(crate) fn is_killed(&self) -> bool {
        self.killed.load(Ordering::Acquire) != 0
    }

    pub(crate) fn set_killed(&self) {
        self.killed.store(1, Ordering::Release);
    }

    pub(crate) fn slot(&self) -> u32 {
        self.slot.load(PlainOrdering::Relaxed)
    }

    pub(crate) fn set_slot(&self, slot: u32) {
        self.slot.store(slot, PlainOrdering::Relaxed);
    }

    pub(crate) fn is_seen(&self) -> bool {
        self.seen.load(PlainOrdering::Relaxed)
    }

    pub(crate) fn set_seen(&self) {
        self.seen.store(true, PlainOrdering::Relaxed);
    }
}
