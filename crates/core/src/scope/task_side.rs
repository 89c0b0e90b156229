//! What a task carries beside its future, made when first needed.

use std::fmt;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;

use tokio::time::Sleep;

use super::{Cleanup, Locals, Scope, Sheltered, Suspend};

/// The lazily made side of a task: one that uses no scope, hook or local never has it.
#[derive(Default)]
pub(crate) struct TaskSide {
    /// The root scope.
    pub(crate) scope: Scope,
    /// Work for the next suspension.
    pub(crate) hooks: Vec<Arc<dyn Suspend>>,
    /// The task's own values.
    pub(crate) locals: Locals,
    /// Ends the clean-ups of a killed task.
    pub(crate) grace: Option<Pin<Box<Sleep>>>,
}

impl TaskSide {
    /// From now on nothing is adopted and nothing runs. Returns what must be dropped.
    #[must_use = "clean-ups are dropped outside of every lock"]
    pub(crate) fn die(&mut self) -> (Vec<Cleanup>, Vec<Sheltered>) {
        let unfetched = self.scope.place.as_ref().map(|place| place.tree.kill()).unwrap_or_default();
        (unfetched, mem::take(&mut self.scope.adopted))
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
