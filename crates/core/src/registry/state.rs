//! What a live task does.

use std::fmt;

use crate::record::{Facts, Phase};

/// What a live task was doing when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// Handed to the runtime, not polled yet.
    Scheduled,
    /// Being polled.
    Running,
    /// Waiting for something.
    Parked,
    /// Killed, and not over yet: its clean-ups run.
    Killing,
}

impl TaskState {
    /// `None` for a task that is not live: over, or never started.
    pub(super) fn of(facts: &Facts) -> Option<Self> {
        let phase = facts.phase();
        match phase {
            Phase::Unstarted | Phase::Finished | Phase::Ended => None,
            _ if facts.is_killed() => Some(Self::Killing),
            Phase::Scheduled => Some(Self::Scheduled),
            Phase::Running => Some(Self::Running),
            Phase::Parked => Some(Self::Parked),
        }
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Parked => "parked",
            Self::Killing => "killing",
        })
    }
}
