//! A guest that is being killed.

use std::sync::Arc;
use std::time::Duration;

use greenroom_core::{AnyTask, Exit};
use tokio::time::Instant;

use crate::drain::guest::Identity;
use crate::drain::slots::Occupant;
use crate::drain::straggler::Fate;

pub(super) struct Condemned {
    occupant: Occupant,
    age: Duration,
}

impl Condemned {
    pub(super) const fn new(occupant: Occupant, age: Duration) -> Self {
        Self { occupant, age }
    }

    pub(super) fn kill(task: &AnyTask, grace: Duration) {
        task.kill_within(grace).reason("the server is stopping").nowait();
    }

    pub(super) const fn task(&self) -> Option<&AnyTask> {
        self.occupant.task.as_ref()
    }

    pub(super) fn identity(&self) -> &Arc<dyn Identity> {
        &self.occupant.identity
    }

    pub(super) const fn age(&self) -> Duration {
        self.age
    }

    /// What became of it by then.
    pub(super) async fn fate(&self, deadline: Instant) -> Fate {
        let Some(task) = self.task() else { return Fate::CutOff };
        match tokio::time::timeout_at(deadline, task.join()).await {
            Ok(Exit::CutOff(_) | Exit::Lost) | Err(_) => Fate::CutOff,
            Ok(Exit::Killed(_)) => Fate::Killed,
            // The kill came too late for it.
            Ok(Exit::Finished | Exit::Failed(_) | Exit::Panicked(_)) => Fate::Drained,
        }
    }
}
