//! A task with a name, a runtime of choice, or a later start.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::future::ready;
use std::panic::Location;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::any_task::AnyTask;
use super::outcome::{Fallible, Outcome, Plain};
use super::root::put_side;
use super::run::{NoParting, Run};
use super::task::Task;
use crate::record::{Cell, Facts, Named, Phase, Record, Roster, TaskId, control};
use crate::scope::{Cleanup, TaskSide, with_current};

/// What can be said about a task before it exists: plain values.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::TaskBuilder;
///
/// let task = TaskBuilder::new().name("adder").unstarted().spawn(async { 1 + 1 });
/// assert!(!task.is_started());
/// task.start();
/// assert_eq!(task.get().await.unwrap(), 2);
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder does nothing until it spawns"]
pub struct TaskBuilder {
    name: Option<Arc<dyn Named>>,
    unstarted: bool,
    runtime: Option<Handle>,
}

impl fmt::Debug for TaskBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskBuilder")
            .field("name", &self.name.as_ref().map(|name| name.name()))
            .field("unstarted", &self.unstarted)
            .finish_non_exhaustive()
    }
}

impl TaskBuilder {
    /// A builder with every default: no name, started at once, on the current runtime.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name for logs and for the tree of tasks; none by default. gevent: `Greenlet.name`.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.name = Some(Arc::new(name.into()));
        self
    }

    /// A name that is made only when somebody asks for it: the task is named after this, and keeps it. For those who make many
    /// tasks, each for something that knows its own name.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::sync::Arc;
    /// use greenroom_core::{Named, TaskBuilder};
    ///
    /// struct Job {
    ///     title: String,
    /// }
    ///
    /// impl Named for Job {
    ///     fn name(&self) -> &str {
    ///         &self.title
    ///     }
    /// }
    ///
    /// let job = Arc::new(Job { title: "digest".to_owned() });
    /// let task = TaskBuilder::new().name_of(job).spawn(async {});
    /// assert_eq!(task.name(), Some("digest"));
    /// # }
    /// ```
    pub fn name_of(mut self, named: Arc<dyn Named>) -> Self {
        self.name = Some(named);
        self
    }

    /// Makes the task, but leaves it to [`AnyTask::start`] to run it. By default it starts at once.
    ///
    /// gevent: the constructor `Greenlet(run)`.
    pub fn unstarted(mut self) -> Self {
        self.unstarted = true;
        self
    }

    /// The runtime to run on; by default the current one.
    pub fn on(mut self, runtime: &Handle) -> Self {
        self.runtime = Some(runtime.clone());
        self
    }

    /// Makes the task; any output is its value. See [`spawn`](crate::spawn()).
    ///
    /// # Panics
    ///
    /// When it is to start at once, outside of a tokio runtime and without [`on`](Self::on).
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.launch::<F, Plain>(future, Location::caller())
    }

    /// Makes a task whose `Err` is a failure. See [`spawn_fallible`](crate::spawn_fallible).
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn) does.
    #[track_caller]
    pub fn spawn_fallible<F, T, E>(self, future: F) -> Task<T>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        self.launch::<F, Fallible>(future, Location::caller())
    }

    /// Makes a task with a clean-up of its own, which runs last: when the body is over and dropped, by its end, its panic
    /// or a kill, and all clean-ups that it left behind are over.
    ///
    /// As with [`finally`](crate::finally), a kill waits for it and does not reach it, and it is dropped if the grace of the kill
    /// is over or the runtime goes away. Other than there it runs also if the body never began; and it takes no scope and
    /// no allocation, so it is for those who make many tasks.
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn) does; and if it is to be [`unstarted`](Self::unstarted).
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{Event, TaskBuilder};
    ///
    /// let closed = Event::new();
    /// let task = TaskBuilder::new().spawn_finally(std::future::pending::<()>(), {
    ///     let closed = closed.clone();
    ///     async move { closed.set() }
    /// });
    /// task.kill().await;
    /// assert!(closed.is_set());
    /// # }
    /// ```
    #[track_caller]
    pub fn spawn_finally<F, C>(self, body: F, cleanup: C) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
        C: Future<Output = ()> + Send + 'static,
    {
        let Self { name, unstarted, runtime } = self;
        assert!(!unstarted, "a task with a clean-up of its own starts at once");
        let facts = Facts::new(parent(), Location::caller(), name, Phase::Scheduled);
        let cell = Arc::new(Cell::new(facts));
        start::<F, Plain, C>(&cell, body, Some(cleanup), runtime.as_ref());
        Task::new(AnyTask(cell))
    }

    pub(crate) fn launch<F, J>(self, future: F, spawned_at: &'static Location<'static>) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
    {
        let Self { name, unstarted, runtime } = self;
        if !unstarted {
            return launch::<F, J>(future, spawned_at, name, runtime.as_ref());
        }
        let cell = Arc::new(Cell::<J::Value>::new(Facts::new(parent(), spawned_at, name, Phase::Unstarted)));
        // The starter gets the cell when it is called: a task that is never started must not keep itself alive.
        let starter = move |record: Arc<dyn Record>| {
            if let Ok(cell) = (record as Arc<dyn Any + Send + Sync>).downcast::<Cell<J::Value>>() {
                start::<F, J, NoParting>(&cell, future, None, runtime.as_ref());
            }
        };
        control(&*cell, |control| control.rare().starter = Some(Box::new(starter)));
        Task::new(AnyTask(cell))
    }

    /// Starts a task that is there for a clean-up alone. It stands in the root's shelter, and not in the body: so a
    /// kill waits for it, even one that comes before the first poll.
    pub(crate) fn launch_cleanup(self, cleanup: Cleanup, spawned_at: &'static Location<'static>) {
        let cell = Arc::new(Cell::new(Facts::new(parent(), spawned_at, self.name, Phase::Scheduled)));
        put_side(&*cell, Box::new(TaskSide::with_cleanup(cleanup)));
        start::<_, Plain, NoParting>(&cell, ready(()), None, self.runtime.as_ref());
    }

    /// As [`launch`](Self::launch), but lets others know of the task before it can run, and may name another parent than
    /// the task that spawns it. An unstarted one is started.
    pub(crate) fn launch_known<F, J, P>(
        self,
        future: F,
        parting: Option<P>,
        spawned_at: &'static Location<'static>,
        child_of: Option<TaskId>,
        know: impl FnOnce(&AnyTask),
    ) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
        P: Future<Output = ()> + Send + 'static,
    {
        let Self { name, runtime, .. } = self;
        let facts = Facts::new(child_of.or_else(parent), spawned_at, name, Phase::Scheduled);
        let cell = Arc::new(Cell::new(facts));
        let any = AnyTask(cell.clone());
        know(&any);
        start::<F, J, P>(&cell, future, parting, runtime.as_ref());
        Task::new(any)
    }
}

/// Makes a task and starts it.
#[inline]
#[track_caller]
pub(crate) fn launch<F, J>(
    future: F,
    spawned_at: &'static Location<'static>,
    name: Option<Arc<dyn Named>>,
    runtime: Option<&Handle>,
) -> Task<J::Value>
where
    F: Future + Send + 'static,
    J: Outcome<F::Output>,
{
    let cell = Arc::new(Cell::new(Facts::new(parent(), spawned_at, name, Phase::Scheduled)));
    start::<F, J, NoParting>(&cell, future, None, runtime);
    Task::new(AnyTask(cell))
}

fn parent() -> Option<TaskId> {
    with_current(|record| record.facts().id)
}

/// Hands a task to the runtime.
#[inline]
#[track_caller]
fn start<F, J, P>(cell: &Arc<Cell<J::Value>>, future: F, parting: Option<P>, runtime: Option<&Handle>)
where
    F: Future + Send + 'static,
    J: Outcome<F::Output>,
    P: Future<Output = ()> + Send + 'static,
{
    Roster::insert(cell);
    let run = Run::<F, J, P>::new(cell.clone(), future, parting);
    // The join handle is not needed: the cell tells everybody.
    drop(match runtime {
        Some(runtime) => runtime.spawn(run),
        None => tokio::spawn(run),
    });
}
