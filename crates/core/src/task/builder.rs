//! A task with a name, a runtime of choice, or a later start.

use std::any::Any;
use std::error::Error;
use std::future::ready;
use std::panic::Location;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::any_task::AnyTask;
use super::outcome::{Fallible, Outcome, Plain};
use super::root::put_side;
use super::run::Run;
use super::task::Task;
use crate::record::{Cell, Facts, Phase, Record, Roster, TaskId, control};
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
#[derive(Clone, Debug, Default)]
#[must_use = "a builder does nothing until it spawns"]
pub struct TaskBuilder {
    name: Option<Box<str>>,
    unstarted: bool,
    runtime: Option<Handle>,
}

impl TaskBuilder {
    /// A builder with every default: no name, started at once, on the current runtime.
    pub fn new() -> Self {
        Self::default()
    }

    /// A name for logs and for the tree of tasks; none by default. gevent: `Greenlet.name`.
    pub fn name(mut self, name: impl Into<Box<str>>) -> Self {
        self.name = Some(name.into());
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
                start::<F, J>(&cell, future, runtime.as_ref());
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
        start::<_, Plain>(&cell, ready(()), self.runtime.as_ref());
    }

    /// As [`launch`](Self::launch), but lets others know of the task before it can run, and may name another parent than
    /// the task that spawns it. An unstarted one is started.
    pub(crate) fn launch_known<F, J>(
        self,
        future: F,
        spawned_at: &'static Location<'static>,
        child_of: Option<TaskId>,
        know: impl FnOnce(&AnyTask),
    ) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
    {
        let Self { name, runtime, .. } = self;
        let facts = Facts::new(child_of.or_else(parent), spawned_at, name, Phase::Scheduled);
        let cell = Arc::new(Cell::new(facts));
        let any = AnyTask(cell.clone());
        know(&any);
        start::<F, J>(&cell, future, runtime.as_ref());
        Task::new(any)
    }
}

/// Makes a task and starts it.
#[inline]
#[track_caller]
pub(crate) fn launch<F, J>(
    future: F,
    spawned_at: &'static Location<'static>,
    name: Option<Box<str>>,
    runtime: Option<&Handle>,
) -> Task<J::Value>
where
    F: Future + Send + 'static,
    J: Outcome<F::Output>,
{
    let cell = Arc::new(Cell::new(Facts::new(parent(), spawned_at, name, Phase::Scheduled)));
    start::<F, J>(&cell, future, runtime);
    Task::new(AnyTask(cell))
}

fn parent() -> Option<TaskId> {
    with_current(|record| record.facts().id)
}

/// Hands a task to the runtime.
#[inline]
#[track_caller]
fn start<F, J>(cell: &Arc<Cell<J::Value>>, future: F, runtime: Option<&Handle>)
where
    F: Future + Send + 'static,
    J: Outcome<F::Output>,
{
    Roster::insert(cell);
    let run = Run::<F, J>::new(cell.clone(), future);
    // The join handle is not needed: the cell tells everybody.
    drop(match runtime {
        Some(runtime) => runtime.spawn(run),
        None => tokio::spawn(run),
    });
}
