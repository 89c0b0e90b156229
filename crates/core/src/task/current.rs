//! The task that runs now.

use super::any_task::AnyTask;
use crate::scope::current_record;

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
