//! Callbacks for a task's end.

use tokio::runtime::Handle;

use super::any_task::AnyTask;
use super::builder::TaskBuilder;
use super::outcome::Plain;
use super::task::Task;
use crate::record::{Hook, TaskId, control};

/// The number of a link, for [`AnyTask::unlink`]; that of one task means nothing to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LinkId {
    task: TaskId,
    number: u64,
}

/// When a link is called.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    Always,
    Value,
    Error,
}

impl AnyTask {
    /// Calls `hook` when the task ends, on whichever thread ends it; at once if it has ended.
    ///
    /// For our own short work; users get [`link`](Self::link), which has a task of its own.
    pub(crate) fn on_end(&self, hook: impl FnOnce(&Self) + Send + 'static) -> LinkId {
        let record = &self.0;
        let facts = record.facts();
        let hook: Hook = Box::new(move |record| hook(&Self(record.clone())));
        let mut hook = Some(hook);
        let number = control(&**record, |control| {
            if facts.is_over() { None } else { hook.take().map(|hook| control.add_hook(hook)) }
        });
        if let Some(hook) = hook {
            hook(record);
        }
        LinkId { task: self.id(), number: number.unwrap_or(u64::MAX) }
    }

    /// Calls `callback` with this task once it is over, in a task of its own, so that it may wait and may fail.
    ///
    /// Also when the task is over already. Each call makes a link of its own. gevent: `Greenlet.link`.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{Queue, spawn};
    ///
    /// let ends = Queue::unbounded();
    /// let task = spawn(async {});
    /// let told = ends.clone();
    /// task.link(|task| async move {
    ///     let _ = told.put(task.id()).await;
    /// });
    /// assert_eq!(ends.get().await.unwrap(), task.id());
    /// # }
    /// ```
    #[track_caller]
    #[doc(alias("rawlink"))]
    pub fn link<F, Fut>(&self, callback: F) -> LinkId
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
    {
        link(self, When::Always, callback)
    }

    /// Takes a link back. Does nothing for one that was called or taken back before.
    ///
    /// gevent: `Greenlet.unlink`.
    #[doc(alias("unlink_all"))]
    pub fn unlink(&self, link: LinkId) {
        if link.task == self.id() {
            let hook = control(&*self.0, |control| control.remove_hook(link.number));
            drop(hook);
        }
    }
}

impl<T: Send + 'static> Task<T> {
    /// Calls `callback` with this task once it is over, in a task of its own; see [`AnyTask::link`].
    #[track_caller]
    pub fn link<F, Fut>(&self, callback: F) -> LinkId
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
    {
        link(self.any(), When::Always, |any| callback(Self::new(any)))
    }

    /// As [`link`](Self::link), only if the task ends with a value. gevent: `Greenlet.link_value`.
    #[track_caller]
    pub fn link_value<F, Fut>(&self, callback: F) -> LinkId
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
    {
        link(self.any(), When::Value, |any| callback(Self::new(any)))
    }

    /// As [`link`](Self::link), only if the task ends without a value: failed, panicked, killed or lost.
    ///
    /// gevent: `Greenlet.link_exception` (which a kill does not trigger).
    #[track_caller]
    #[doc(alias = "link_exception")]
    pub fn link_error<F, Fut>(&self, callback: F) -> LinkId
    where
        F: FnOnce(Self) -> Fut + Send + 'static,
        Fut: Future + Send + 'static,
    {
        link(self.any(), When::Error, |any| callback(Self::new(any)))
    }
}

#[track_caller]
fn link<F, Fut>(task: &AnyTask, when: When, callback: F) -> LinkId
where
    F: FnOnce(AnyTask) -> Fut + Send + 'static,
    Fut: Future + Send + 'static,
{
    let spawned_at = std::panic::Location::caller();
    task.on_end(move |task| {
        let wanted = match when {
            When::Always => true,
            When::Value => task.is_successful(),
            When::Error => !task.is_successful(),
        };
        if !wanted {
            return;
        }
        task.0.facts().set_seen();
        if Handle::try_current().is_err() {
            tracing::warn!(task = %task.id(), link = %spawned_at, "a link was not called: there is no runtime any more");
            return;
        }
        let task = task.clone();
        // The callback is the user's: it runs in the new task, not here.
        let run = async move {
            callback(task).await;
        };
        drop(TaskBuilder::new().name("link").launch::<_, Plain>(run, spawned_at));
    })
}
