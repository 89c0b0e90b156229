//! The live tasks.

use super::tree::TaskTree;
use crate::record::Roster;
use crate::task::AnyTask;

/// All live tasks of the process, of every runtime.
///
/// A task is entered when it is started, and leaves before anybody can learn that it is over. It is on by default;
/// switched off, it costs a task one relaxed load. A walk reads a few hundred tasks at a time under a lock of their
/// own, so it holds nobody up; it finds every task that lives throughout it.
///
/// What is parked on what, and for how long, is not known here.
///
/// gevent: walking `gc.get_objects()` for greenlets, as `gevent.util.print_run_info` does.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Registry, spawn};
///
/// let task = spawn(std::future::pending::<()>());
/// assert!(Registry::tasks().iter().any(|live| live.id() == task.id()));
/// task.kill().await;
/// assert!(Registry::tasks().iter().all(|live| live.id() != task.id()));
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct Registry;

impl Registry {
    /// Handles to all live tasks, in the order of their numbers.
    #[must_use]
    #[doc(alias = "get_objects")]
    pub fn tasks() -> Vec<AnyTask> {
        let mut tasks = Vec::new();
        Roster::walk(|record| tasks.push(AnyTask(record)));
        tasks.retain(|task| !task.is_finished());
        tasks.sort_unstable_by_key(AnyTask::id);
        tasks
    }

    /// How many tasks live.
    #[must_use]
    pub fn len() -> usize {
        Roster::len()
    }

    /// What all live tasks are doing, now.
    #[must_use]
    pub fn tree() -> TaskTree {
        TaskTree::take()
    }

    /// Whether tasks that start are entered.
    #[must_use]
    pub fn is_enabled() -> bool {
        Roster::is_enabled()
    }

    /// Switches it on, as it is by default, or off. Those that are in it stay until they end.
    ///
    /// gevent: `config.track_greenlet_tree`.
    #[doc(alias = "track_greenlet_tree")]
    pub fn set_enabled(enabled: bool) {
        Roster::set_enabled(enabled);
    }
}

/// What all live tasks are doing, as text: each under the task that spawned it.
///
/// Short for [`Registry::tree`], printed; [`TaskTree`](crate::TaskTree) shows what it looks like. It takes a line for each
/// live task.
///
/// gevent: `gevent.util.format_run_info`, `print_run_info`, `GreenletTree.format`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{TaskBuilder, format_tree};
///
/// let task = TaskBuilder::new().name("clock").spawn(std::future::pending::<()>());
/// assert!(format_tree().contains(&format!("#{} \"clock\" scheduled, spawned at ", task.id())));
/// # }
/// ```
#[must_use]
#[doc(alias("print_run_info", "format_run_info", "GreenletTree"))]
pub fn format_tree() -> String {
    TaskTree::take().to_string()
}
