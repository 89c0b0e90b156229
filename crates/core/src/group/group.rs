//! Many tasks, one handle.

use std::error::Error;
use std::panic::Location;
use std::sync::Arc;

use super::{GroupJoin, GroupKill};
use crate::crew::{Apply, Keeper, Spawning};
use crate::task::{AnyTask, Fallible, Plain, Task, TaskBuilder};

/// Tasks that are waited for, counted and killed together.
///
/// A task is a member from its spawn (or from [`add`](Self::add)) until it ends or is [discarded](Self::discard); it may
/// be a member of several groups. Clones are the same group. **When the last handle is dropped the members are killed**,
/// without waiting, unless the group was [detached](Self::detach); futures and streams of a group are handles too.
///
/// Unlike a [`Pool`](crate::Pool) it has no bound, and a kill does not close it. To learn how the members end, wait for the
/// handles that `spawn` gives: a group keeps no results.
///
/// gevent: `gevent.pool.Group`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Group, Queue};
///
/// let jobs = Queue::bounded(3);
/// let crew = Group::new();
/// for name in ["steve", "john", "nancy"] {
///     let jobs = jobs.clone();
///     crew.spawn(async move { while let Ok(job) = jobs.get().await { println!("{name} does {job}") } });
/// }
/// for job in 0..9 {
///     jobs.put(job).await.unwrap();
/// }
/// jobs.shutdown();
/// crew.join().await;
/// assert!(crew.is_empty());
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias("gevent.pool.Group", "GreenletSet"))]
pub struct Group {
    keeper: Arc<Keeper>,
}

impl Default for Group {
    fn default() -> Self {
        Self::new()
    }
}

impl Group {
    /// An empty group.
    #[must_use]
    pub fn new() -> Self {
        Self { keeper: Keeper::new(usize::MAX) }
    }

    pub(super) fn keeper(&self) -> Arc<Keeper> {
        self.keeper.clone()
    }

    /// Starts a task as a member; see [`spawn`](crate::spawn()). It is one before it first runs.
    ///
    /// gevent: `Group.spawn`; `apply_async` and `apply_cb` are this and a [link](crate::Task::link_value).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[doc(alias("apply_async", "apply_cb"))]
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.keeper.spawn::<F, Plain>(TaskBuilder::new(), None, future, Location::caller())
    }

    /// As [`spawn`](Self::spawn), with a name for logs and for the tree of tasks.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn spawn_named<F>(&self, name: impl Into<Box<str>>, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.keeper.spawn::<F, Plain>(TaskBuilder::new().name(name), None, future, Location::caller())
    }

    /// Starts a task as a member whose `Err` is a failure; see [`spawn_fallible`](crate::spawn_fallible).
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn spawn_fallible<F, T, E>(&self, future: F) -> Task<T>
    where
        F: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: Into<Box<dyn Error + Send + Sync>> + 'static,
    {
        self.keeper.spawn::<F, Fallible>(TaskBuilder::new(), None, future, Location::caller())
    }

    /// Makes a task a member. One that is a member already stays so once; one that is over is gone at once.
    ///
    /// An unstarted task is a member too, and stays so until it has been started and is over, or is killed.
    ///
    /// gevent: `Group.add`; `Group.start` is this and then [`AnyTask::start`].
    pub fn add(&self, task: impl Into<AnyTask>) {
        self.keeper.enter(task.into(), None);
    }

    /// Lets a member go, alive. `false` if it was none. gevent: `Group.discard`.
    pub fn discard(&self, task: impl Into<AnyTask>) -> bool {
        self.keeper.leave(&task.into(), None)
    }

    /// Whether a task is a member.
    #[must_use]
    pub fn contains(&self, task: impl Into<AnyTask>) -> bool {
        self.keeper.contains(&task.into())
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keeper.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The members of this moment, in the order in which they became so.
    ///
    /// gevent: `iter(group)`; `Group.killone(task)` is `task.kill()`.
    #[must_use]
    #[doc(alias("greenlets", "killone"))]
    pub fn tasks(&self) -> Vec<AnyTask> {
        self.keeper.tasks()
    }

    /// Waits until there is no member; at once if there is none. By the time the caller runs there may be new ones.
    ///
    /// How they ended is told by their own handles; gevent's `raise_error=True` is
    /// `try_join_all(group.tasks())`, and sees the same tasks: those that are members when the wait begins.
    ///
    /// gevent: `Group.join`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place among those who wait, nothing else.
    ///
    /// # Panics
    ///
    /// When awaited by a member, which would wait for itself for ever.
    pub fn join(&self) -> GroupJoin {
        GroupJoin::new(self.keeper())
    }

    /// Kills all members, also those that come while it waits, and waits until they and their clean-ups are over.
    ///
    /// Nothing happens until the returned [`GroupKill`] is awaited, or told [`nowait`](GroupKill::nowait). The group can be
    /// used on after it.
    ///
    /// gevent: `Group.kill`.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill of those who were members stands; dropping the future ends the wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use std::time::Duration;
    /// use greenroom_core::{Exit, Group};
    ///
    /// let group = Group::new();
    /// group.spawn(std::future::pending::<()>());
    /// let exits = group.kill().within(Duration::from_secs(3)).reason("closing time").await;
    /// assert!(matches!(exits[..], [Exit::Killed(_)]));
    /// # }
    /// ```
    pub fn kill(&self) -> GroupKill {
        GroupKill::new(self.keeper(), false)
    }

    /// From now on the members live on when the last handle is dropped.
    pub fn detach(&self) {
        self.keeper.detach();
    }

    /// Runs a future as a member and gives its value. Called from a member, it runs in the calling task.
    ///
    /// gevent: `Group.apply`.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): it panicked, or was killed.
    ///
    /// # Cancel safety
    ///
    /// Dropping it kills the task that it started, without waiting.
    ///
    /// # Panics
    ///
    /// When first polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// assert_eq!(greenroom_core::Group::new().apply(async { 6 * 7 }).await.unwrap(), 42);
    /// # }
    /// ```
    #[track_caller]
    pub fn apply<F>(&self, future: F) -> Apply<F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let called_at = Location::caller();
        Apply::new(Spawning::new(self.keeper(), future, called_at), called_at)
    }
}

impl IntoIterator for &Group {
    type Item = AnyTask;
    type IntoIter = std::vec::IntoIter<AnyTask>;

    fn into_iter(self) -> Self::IntoIter {
        self.tasks().into_iter()
    }
}

impl<A: Into<AnyTask>> Extend<A> for Group {
    fn extend<I: IntoIterator<Item = A>>(&mut self, tasks: I) {
        tasks.into_iter().for_each(|task| self.add(task));
    }
}

impl<A: Into<AnyTask>> FromIterator<A> for Group {
    fn from_iter<I: IntoIterator<Item = A>>(tasks: I) -> Self {
        let mut group = Self::new();
        group.extend(tasks);
        group
    }
}
