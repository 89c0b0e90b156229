//! The task that runs now.

use super::any_task::AnyTask;
use crate::record::TaskId;
use crate::scope::{current_record, with_current};

/// The task that runs now; `None` outside of a Greenroom task, as in a bare `tokio::spawn` or in `main`.
///
/// gevent: `gevent.getcurrent`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{current, spawn};
///
/// assert!(current().is_none());
/// let task = spawn(async { current().unwrap().id() });
/// let id = task.id();
/// assert_eq!(task.get().await.unwrap(), id);
/// # }
/// ```
#[doc(alias("getcurrent"))]
#[must_use]
pub fn current() -> Option<AnyTask> {
    current_record().map(AnyTask)
}

/// The number of the task that runs now; `None` outside of a Greenroom task. Cheaper than [`current`]: no handle is made.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{current, current_id, spawn};
///
/// assert!(current_id().is_none());
/// let task = spawn(async { (current_id(), current().map(|task| task.id())) });
/// let (id, of_handle) = task.await.unwrap();
/// assert_eq!(id, of_handle);
/// # }
/// ```
#[must_use]
pub fn current_id() -> Option<TaskId> {
    with_current(|record| record.facts().id)
}
