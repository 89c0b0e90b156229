//! A kill of all members, while somebody waits for it.

use std::task::Waker;

use tokio::time::Instant;

use crate::exit::Reason;
use crate::task::AnyTask;

/// What a kill says to each task.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    pub(super) reason: Reason,
    /// When clean-ups are cut off; the same moment for all.
    pub(super) deadline: Option<Instant>,
}

impl Sentence {
    pub(super) fn shoot(&self, task: &AnyTask) {
        let kill = task.kill().reason(self.reason.clone());
        match self.deadline {
            Some(deadline) => kill.within(deadline.saturating_duration_since(Instant::now())),
            None => kill,
        }
        .nowait();
    }
}

/// A kill in progress: whoever becomes a member meanwhile is shot too.
#[derive(Debug)]
pub(super) struct KillOrder {
    pub(super) number: u64,
    pub(super) sentence: Sentence,
    pub(super) shot: Vec<AnyTask>,
    pub(super) waker: Option<Waker>,
}
