//! One task in the tree.

use std::fmt;
use std::panic::Location;
use std::time::Duration;

use super::state::TaskState;
use crate::record::{Record, TaskId};
use crate::task::AnyTask;
use std::sync::Arc;

/// What a [`TaskTree`](crate::TaskTree) knows about one task.
///
/// It prints as one line. Control characters in a name, and whatever else could disturb a terminal, are escaped.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TaskNode {
    /// Its number.
    pub id: TaskId,
    /// Its name, if it was given one.
    pub name: Option<Box<str>>,
    /// The task that spawned it, which may be over.
    pub parent: Option<TaskId>,
    /// What it was doing.
    pub state: TaskState,
    /// How long ago it suspended for the first time, to the second; `None` if it has not yet.
    pub age: Option<Duration>,
    /// Where in the source it was spawned.
    pub spawned_at: &'static Location<'static>,
    /// How many of its ancestors are in the tree above it.
    pub depth: usize,
}

impl TaskNode {
    /// Reads a task; `None` if it is over.
    pub(super) fn of(record: Arc<dyn Record>) -> Option<Self> {
        let task = AnyTask(record);
        let state = TaskState::of(task.0.facts())?;
        Some(Self {
            id: task.id(),
            name: task.name().map(Into::into),
            parent: task.parent(),
            state,
            age: task.age(),
            spawned_at: task.spawned_at(),
            depth: 0,
        })
    }
}

impl fmt::Display for TaskNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.id)?;
        if let Some(name) = &self.name {
            write!(f, " \"{}\"", name.escape_debug())?;
        }
        write!(f, " {}", self.state)?;
        if let Some(age) = self.age {
            write!(f, ", {} s", age.as_secs())?;
        }
        write!(f, ", spawned at {}", self.spawned_at)?;
        match self.parent {
            Some(parent) if self.depth == 0 => write!(f, " by #{parent}, which is gone"),
            _ => Ok(()),
        }
    }
}
