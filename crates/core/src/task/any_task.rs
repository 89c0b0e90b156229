//! A task, whatever its output.

use std::any::Any;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use super::join::Join;
use super::kill::Kill;
use crate::exit::Exit;
use crate::record::{Cell, Phase, Record, TaskId, control};

/// A handle to a task without the type of its value: what groups, [`kill_all`](crate::kill_all) and the registry
/// speak.
///
/// Made from a [`Task`](crate::Task) by `AnyTask::from(&task)`, or had from [`current`](crate::current). Every method
/// of it is also one of [`Task`](crate::Task). Clones are the same task; two handles are equal if they are.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{AnyTask, spawn};
///
/// let tasks: Vec<AnyTask> = vec![(&spawn(async { 1 })).into(), (&spawn(async { "two" })).into()];
/// for task in &tasks {
///     assert!(task.join().await.is_finished());
/// }
/// # }
/// ```
#[derive(Clone)]
#[doc(alias = "Greenlet")]
pub struct AnyTask(pub(crate) Arc<dyn Record>);

impl AnyTask {
    /// The cell, with the type of its value.
    pub(crate) fn cell<T: Send + 'static>(&self) -> &Cell<T> {
        let record: &dyn Any = &*self.0;
        match record.downcast_ref() {
            Some(cell) => cell,
            None => unreachable!("a typed handle is made with the cell of its type"),
        }
    }

    /// Its number: unique in the process, never used again.
    #[must_use]
    #[doc(alias = "minimal_ident")]
    pub fn id(&self) -> TaskId {
        self.0.facts().id
    }

    /// The name given by [`TaskBuilder::name`](crate::TaskBuilder::name).
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.0.facts().name()
    }

    /// The task that spawned it, which may be over by now. gevent: `spawning_greenlet`.
    #[must_use]
    #[doc(alias = "spawning_greenlet")]
    pub fn parent(&self) -> Option<TaskId> {
        self.0.facts().parent
    }

    /// Where in the source it was spawned. gevent: `spawning_stack`, of which this is the last frame.
    #[must_use]
    #[doc(alias = "spawning_stack")]
    pub fn spawned_at(&self) -> &'static Location<'static> {
        self.0.facts().spawned_at
    }

    /// How long ago it suspended for the first time, to the second; `None` if it never did, or is over.
    #[must_use]
    pub fn age(&self) -> Option<Duration> {
        self.0.facts().age().filter(|_| !self.is_finished())
    }

    /// Runs a task made by [`TaskBuilder::unstarted`](crate::TaskBuilder::unstarted). Does nothing for one that was
    /// started or killed before.
    ///
    /// gevent: `Greenlet.start`.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime, if the builder named none.
    pub fn start(&self) {
        let facts = self.0.facts();
        let starter = control(&*self.0, |control| control.rare.as_mut().and_then(|rare| rare.starter.take()));
        if let Some(starter) = starter {
            facts.set_phase(Phase::Scheduled);
            facts.set_started();
            starter(self.0.clone());
        }
    }

    /// Whether it has been started; stays true after its end (gevent's `started` turns false there), and false if it was
    /// killed before.
    #[must_use]
    #[doc(alias = "started")]
    pub fn is_started(&self) -> bool {
        self.0.facts().is_started()
    }

    /// Whether it is over, in whichever way. gevent: `ready()`, `dead`.
    #[must_use]
    #[doc(alias("ready", "dead"))]
    pub fn is_finished(&self) -> bool {
        self.0.facts().is_over()
    }

    /// Whether it is over with a value. A killed task is not successful; gevent says that it is.
    #[must_use]
    #[doc(alias = "successful")]
    pub fn is_successful(&self) -> bool {
        self.0.facts().phase() == Phase::Finished
    }

    /// How it ended, if it has.
    #[must_use]
    #[doc(alias("exception", "exc_info"))]
    pub fn exit(&self) -> Option<Exit> {
        let facts = self.0.facts();
        match facts.phase() {
            Phase::Finished => Some(Exit::Finished),
            Phase::Ended => {
                facts.set_seen();
                control(&*self.0, |control| control.rare.as_ref().and_then(|rare| rare.exit.clone()))
            }
            _ => None,
        }
    }

    /// Waits for the end and tells how it was. Never fails; any number may wait.
    ///
    /// Whoever was told has looked: a failure of [`spawn_fallible`](crate::spawn_fallible) is not logged any more.
    ///
    /// gevent: `Greenlet.join`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place among those who wait, nothing else; the task goes on.
    ///
    /// # Panics
    ///
    /// When a task waits for itself, which would be for ever.
    pub fn join(&self) -> Join {
        Join::new(self.clone())
    }

    /// Asks the task to end, and waits until its clean-ups have run and it is over.
    ///
    /// Nothing happens until the returned [`Kill`] is awaited, or told [`nowait`](Kill::nowait).
    ///
    /// gevent: `Greenlet.kill`, `gevent.kill`.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill stands; dropping the future only ends the wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use greenroom_core::{Exit, finally, spawn};
    ///
    /// let task = spawn(finally(std::future::pending::<()>(), async {
    ///     tokio::time::sleep(Duration::from_secs(1)).await; // say goodbye
    /// }));
    /// tokio::task::yield_now().await;
    /// let exit = task.kill().within(Duration::from_secs(3)).reason("closing time").await;
    /// assert!(matches!(exit, Exit::Killed(_)));
    /// # }
    /// ```
    #[doc(alias("gevent.kill", "throw"))]
    pub fn kill(&self) -> Kill {
        Kill::new(self.clone())
    }

    /// [`kill`](Self::kill) with a limit to the time that clean-ups may take: `kill().within(grace)`.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill stands, and so does its limit.
    pub fn kill_within(&self, grace: Duration) -> Kill {
        self.kill().within(grace)
    }

    /// Asks the task to end, and does not wait: `kill().nowait()`. gevent: `kill(block=False)`.
    pub fn kill_nowait(&self) {
        self.kill().nowait();
    }
}

impl PartialEq for AnyTask {
    fn eq(&self, other: &Self) -> bool {
        self.id() == other.id()
    }
}

impl Eq for AnyTask {}

impl Hash for AnyTask {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id().hash(state);
    }
}

impl fmt::Debug for AnyTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Task");
        out.field("id", &self.id().get());
        if let Some(name) = self.name() {
            out.field("name", &name);
        }
        out.field("phase", &self.0.facts().phase()).finish_non_exhaustive()
    }
}
