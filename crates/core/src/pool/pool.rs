//! Many tasks, one handle, a bound.

use std::panic::Location;
use std::sync::Arc;

use super::{
    PoolAdd, PoolAvailable, PoolClosed, PoolReserve, PoolSlot, PoolSpawn, PoolSpawnFallible, TrySpawnError,
};
use crate::crew::{Apply, Keeper, Spawning};
use crate::group::{GroupJoin, GroupKill};
use crate::task::{AnyTask, Plain, Task, TaskBuilder};

/// Tasks that are waited for, counted and killed together, of which at most so many exist at once.
///
/// Each member holds a slot, from its spawn until it ends or is [discarded](Self::discard). Who finds none free waits in
/// line: slots are handed over in the order of arrival, nobody overtakes, and a waiter that gives up passes on what it
/// was handed. Clones are the same pool. **When the last handle is dropped the members are killed**, without waiting,
/// unless the pool was [detached](Self::detach); futures and streams of a pool are handles too.
///
/// Unlike a [`Group`](crate::Group) it has a bound, and a [kill](Self::kill) closes it. Unlike a
/// [`Semaphore`](crate::Semaphore) it knows its tasks. To run one function over many items use [`map`](Self::map) and its
/// siblings, which cost no task an item.
///
/// A pool of no slots is legal: it takes nobody until it is [resized](Self::resize).
///
/// gevent: `gevent.pool.Pool`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use greenroom_core::Pool;
/// use tokio::time::{Instant, sleep};
///
/// let pool = Pool::new(2);
/// let start = Instant::now();
/// for _ in 0..6 {
///     let nap = async { sleep(Duration::from_secs(1)).await };
///     pool.spawn(nap).await.unwrap(); // waits while two are asleep
/// }
/// pool.join().await;
/// assert_eq!(start.elapsed().as_secs(), 3);
/// # }
/// ```
#[derive(Clone, Debug)]
#[doc(alias("gevent.pool.Pool", "SocketPool"))]
pub struct Pool {
    keeper: Arc<Keeper>,
}

impl Pool {
    /// A pool of so many slots.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { keeper: Keeper::new(size) }
    }

    /// A pool without a bound, until it is [resized](Self::resize): its size is `usize::MAX`.
    ///
    /// gevent: `Pool()`.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::new(usize::MAX)
    }

    pub(super) fn keeper(&self) -> Arc<Keeper> {
        self.keeper.clone()
    }

    #[track_caller]
    fn spawning<F>(&self, future: F) -> Spawning<F> {
        Spawning::new(self.keeper(), future, Location::caller())
    }

    /// Waits for a slot, and starts the future as a member. It is one before it first runs.
    ///
    /// gevent: `Pool.spawn`; `apply_async` and `apply_cb` are this and a [link](crate::Task::link_value).
    ///
    /// # Errors
    ///
    /// [`PoolClosed`], with the future, if the pool was killed, before or while it waited.
    ///
    /// # Cancel safety
    ///
    /// Dropping it drops the future that was to be spawned, and gives its place in the line up; a slot that had been
    /// handed to it goes to the next.
    ///
    /// # Panics
    ///
    /// When polled outside of a tokio runtime.
    #[doc(alias("apply_async", "apply_cb", "start"))]
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> PoolSpawn<F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        PoolSpawn::new(self.spawning(future))
    }

    /// As [`spawn`](Self::spawn), for a future whose `Err` is a failure; see [`spawn_fallible`](crate::spawn_fallible).
    ///
    /// # Errors
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// # Cancel safety
    ///
    /// As [`spawn`](Self::spawn).
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn).
    #[track_caller]
    pub fn spawn_fallible<F>(&self, future: F) -> PoolSpawnFallible<F>
    where
        F: Future + Send + 'static,
    {
        PoolSpawnFallible::new(self.spawning(future))
    }

    /// Starts the future as a member if a slot is free that nobody waits for.
    ///
    /// gevent: `Pool.add(blocking=False)`.
    ///
    /// # Errors
    ///
    /// [`TrySpawnError`], with the future: the pool is full, or was killed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::{Pool, TrySpawnError};
    ///
    /// let pool = Pool::new(1);
    /// pool.try_spawn(std::future::pending::<()>()).unwrap();
    /// assert!(matches!(pool.try_spawn(async {}), Err(TrySpawnError::Full(_))));
    /// # }
    /// ```
    #[track_caller]
    pub fn try_spawn<F>(&self, future: F) -> Result<Task<F::Output>, TrySpawnError<F>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        match self.keeper.try_slot() {
            Ok(Some(slot)) => {
                let builder = TaskBuilder::new();
                Ok(self.keeper.spawn::<F, Plain>(builder, Some(slot), future, Location::caller()))
            }
            Ok(None) => Err(TrySpawnError::Full(future)),
            Err(reason) => Err(TrySpawnError::Closed(PoolClosed { inner: future, reason })),
        }
    }

    /// Waits for a slot and takes it, before there is anything to run in it. Those who reserve and those who spawn wait in
    /// one line.
    ///
    /// # Errors
    ///
    /// [`PoolClosed`] if the pool was killed, before or while it waited.
    ///
    /// # Cancel safety
    ///
    /// Dropping it gives its place in the line up; a slot that had been handed to it goes to the next.
    pub fn reserve(&self) -> PoolReserve {
        PoolReserve::new(self.keeper())
    }

    /// Takes a slot if one is free that nobody waits for.
    ///
    /// # Errors
    ///
    /// [`TrySpawnError`]: the pool is full, or was killed.
    pub fn try_reserve(&self) -> Result<PoolSlot, TrySpawnError<()>> {
        match self.keeper.try_slot() {
            Ok(Some(slot)) => Ok(PoolSlot::new(self.keeper(), slot)),
            Ok(None) => Err(TrySpawnError::Full(())),
            Err(reason) => Err(TrySpawnError::Closed(PoolClosed { inner: (), reason })),
        }
    }

    /// Waits for a slot and makes a task a member that runs already, or is unstarted. One that is a member keeps its slot;
    /// one that is over needs none.
    ///
    /// gevent: `Pool.add`; `Pool.start` is this and then [`AnyTask::start`].
    ///
    /// # Errors
    ///
    /// [`PoolClosed`], with the task, if the pool was killed.
    ///
    /// # Cancel safety
    ///
    /// Dropping it gives its place in the line up. The task is left as it was.
    pub fn add(&self, task: impl Into<AnyTask>) -> PoolAdd {
        PoolAdd::new(self.keeper(), task.into())
    }

    /// Lets a member go, alive, and frees its slot. `false` if it was none.
    ///
    /// gevent: `Pool.discard`, which frees a slot for a stranger too.
    pub fn discard(&self, task: impl Into<AnyTask>) -> bool {
        self.keeper.leave(&task.into(), None)
    }

    /// Whether a task is a member.
    #[must_use]
    pub fn contains(&self, task: impl Into<AnyTask>) -> bool {
        self.keeper.contains(&task.into())
    }

    /// How many members there are, workers of a [`map`](Self::map) included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.keeper.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many slots there are; `usize::MAX` in a pool without a bound.
    #[must_use]
    pub fn size(&self) -> usize {
        self.keeper.size()
    }

    /// How many slots are free. gevent: `free_count()`.
    #[must_use]
    #[doc(alias = "free_count")]
    pub fn free(&self) -> usize {
        self.keeper.free()
    }

    /// Whether no slot is free. gevent: `full()`.
    #[must_use]
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        self.free() == 0
    }

    /// Whether the pool was killed, and takes nobody any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.keeper.closed().is_some()
    }

    /// Changes the number of slots. New ones go to those who wait; with fewer, members stay, and slots are not given out
    /// again until enough of them have ended.
    pub fn resize(&self, size: usize) {
        self.keeper.resize(size);
    }

    /// Waits until a slot is free that nobody waits for, and tells how many are. Somebody else may take it first. Ready
    /// too when the pool was killed.
    ///
    /// gevent: `Pool.wait_available`.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up the place among those who wait, nothing else.
    pub fn wait_available(&self) -> PoolAvailable {
        PoolAvailable::new(self.keeper())
    }

    /// The members of this moment, in the order in which they became so.
    ///
    /// gevent: `iter(pool)`; `Pool.killone(task)` is `task.kill()`.
    #[must_use]
    #[doc(alias("greenlets", "killone"))]
    pub fn tasks(&self) -> Vec<AnyTask> {
        self.keeper.tasks()
    }

    /// Waits until there is no member; at once if there is none. By the time the caller runs there may be new ones.
    ///
    /// gevent: `Pool.join`.
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

    /// Closes the pool, kills all members, and waits until they and their clean-ups are over.
    ///
    /// Those who wait for a slot get [`PoolClosed`], and so does everybody who comes later; a [`map`](Self::map) ends with an
    /// error. Nothing happens until the returned [`GroupKill`] is awaited, or told [`nowait`](GroupKill::nowait).
    ///
    /// gevent: `Pool.kill`, after which those who waited take the slots and start new work.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill stands and the pool is closed; dropping the future ends the wait.
    pub fn kill(&self) -> GroupKill {
        GroupKill::new(self.keeper(), true)
    }

    /// From now on the members live on when the last handle is dropped.
    pub fn detach(&self) {
        self.keeper.detach();
    }

    /// Waits for a slot, runs a future as a member, and gives its value. Called from a member, it runs in the calling
    /// task and needs no slot, so that a full pool does not wait for itself.
    ///
    /// gevent: `Pool.apply`.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): it panicked, or was killed; `Killed` also if the pool was.
    ///
    /// # Cancel safety
    ///
    /// Dropping it kills the task that it started (without waiting), or gives its place in the line up.
    ///
    /// # Panics
    ///
    /// When first polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::Pool;
    ///
    /// let pool = Pool::new(1);
    /// let inner = pool.clone();
    /// let sum = pool.apply(async move { inner.apply(async { 20 }).await.unwrap() + 22 }).await;
    /// assert_eq!(sum.unwrap(), 42);
    /// # }
    /// ```
    #[track_caller]
    pub fn apply<F>(&self, future: F) -> Apply<F>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        Apply::new(self.spawning(future), Location::caller())
    }
}

impl IntoIterator for &Pool {
    type Item = AnyTask;
    type IntoIter = std::vec::IntoIter<AnyTask>;

    fn into_iter(self) -> Self::IntoIter {
        self.tasks().into_iter()
    }
}
