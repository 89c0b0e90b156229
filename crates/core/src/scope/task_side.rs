//! What a task carries beside its future, made when first needed.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Sleep;

use super::{Cleanup, Locals, Scope, Sheltered, Suspend};
use crate::exit::swallow;

/// The lazily made side of a task: one that uses no scope, hook or local never has it.
#[derive(Default)]
pub(crate) struct TaskSide {
    /// The root scope.
    pub(crate) scope: Scope,
    /// Work for the next suspension.
    pub(crate) hooks: Vec<Arc<dyn Suspend>>,
    /// The task's own values.
    pub(crate) locals: Locals,
    /// The task's parting has begun, and the scope is its own.
    pub(crate) parting: bool,
    /// Ends the clean-ups of a killed task.
    pub(crate) grace: Option<Pin<Box<Sleep>>>,
}

impl TaskSide {
    /// For a task that is there for a clean-up alone.
    pub(crate) fn with_cleanup(cleanup: Cleanup) -> Self {
        let mut side = Self::default();
        side.scope.adopted.push(Sheltered::new(cleanup));
        side
    }

    /// From now on nothing is adopted and nothing runs: what was adopted is dropped, and what panics in that is lost.
    pub(crate) fn die(&mut self) {
        let unfetched = self.scope.place.as_ref().map(|place| place.tree.kill()).unwrap_or_default();
        unfetched.into_iter().for_each(|cleanup| swallow(|| drop(cleanup)));
        mem::take(&mut self.scope.adopted).into_iter().for_each(|cleanup| swallow(|| drop(cleanup)));
    }

    /// The task is over: its own values and hooks are dropped, and what panics in that is lost.
    pub(crate) fn empty(&mut self) {
        mem::take(&mut self.hooks).into_iter().for_each(|hook| swallow(|| hook.task_over()));
        drop(mem::take(&mut self.locals));
    }
}

impl fmt::Debug for TaskSide {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskSide")
            .field("scope", &self.scope)
            .field("hooks", &self.hooks.len())
            .finish_non_exhaustive()
    }
}
