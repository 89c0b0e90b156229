//! The handle.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use super::error::ThreadTrySpawnError;
use super::shared::{NoPlace, Shared};
use super::thread_apply::ThreadApply;
use super::thread_map::ThreadMap;
use super::thread_pool_join::ThreadPoolJoin;
use super::thread_pool_kill::ThreadPoolKill;
use super::thread_spawn::{ThreadSpawn, start};
use crate::task::Task;

/// At most so many calls that block, at once, on tokio's blocking threads.
///
/// For code that would hold a runtime's thread up: files, databases without an async driver, long computations. Clones
/// are handles to the same pool, and whoever waits for a thread is served in the order of arrival. Dropping handles
/// changes nothing for calls under way.
///
/// A call is not a task: inside it nobody is [`current`](crate::current), and no [`Local`](crate::Local) can be had. Its
/// task stands outside and waits for it. What a kill can do:
///
/// * **A call that runs cannot be interrupted**, by nobody. Killing its task waits until it returns, and then the task
///   is finished as if there had been no kill: the work was done, and its value is there.
/// * A call that no thread has begun never runs, and its task is killed at once.
/// * After [`kill_within`](crate::AnyTask::kill_within) the task is cut off in time, and the call runs on unheard.
///   Its place in the pool stays taken until it returns.
/// * A runtime that shuts down waits for calls that run, unless it is told not to
///   (`Runtime::shutdown_timeout`, `shutdown_background`).
///
/// Unlike `tokio::task::spawn_blocking` it has a bound, a line in which one waits, and tasks. Several pools share tokio's
/// threads, of which there are 512 unless the runtime's builder says otherwise: all their sizes together should be less.
///
/// gevent: `gevent.threadpool.ThreadPool`, which lets one call more be queued than it has threads.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::ThreadPool;
///
/// let pool = ThreadPool::new(4);
/// let lengths = pool.map(["Cargo.toml", "src/lib.rs"], |path| std::fs::metadata(path).unwrap().len());
/// assert!(lengths.await.unwrap().iter().all(|len| *len > 0));
/// # }
/// ```
#[derive(Clone)]
#[doc(alias("threadpool", "ThreadPoolExecutor"))]
pub struct ThreadPool {
    shared: Arc<Shared>,
}

impl ThreadPool {
    /// A pool for so many calls at once; with zero, calls wait until it is [resized](Self::resize).
    #[must_use]
    #[doc(alias = "maxsize")]
    pub fn new(size: usize) -> Self {
        Self { shared: Shared::new(size) }
    }

    /// Waits for a free thread and starts a call there; gives its task.
    ///
    /// A panic in the call ends its task as [`Panicked`](crate::Exit::Panicked).
    ///
    /// # Errors
    ///
    /// [`ThreadSpawnError`](crate::ThreadSpawnError) with the call, when the pool is killed.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives up its place in the line, and drops the call, which never runs. The task, once it is
    /// there, is a task like others: dropping its handle changes nothing.
    ///
    /// # Panics
    ///
    /// When polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::ThreadPool;
    ///
    /// let pool = ThreadPool::new(1);
    /// let task = pool.spawn(|| (1..=20).product::<u64>()).await.unwrap();
    /// assert_eq!(task.get().await.unwrap(), 2_432_902_008_176_640_000);
    /// # }
    /// ```
    #[track_caller]
    #[doc(alias("apply_async", "apply_cb"))]
    pub fn spawn<F, T>(&self, call: F) -> ThreadSpawn<F, T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        ThreadSpawn::new(self.shared.clone(), call, Location::caller())
    }

    /// Starts a call if a thread is free.
    ///
    /// # Errors
    ///
    /// [`ThreadTrySpawnError`] with the call: none is free, or the pool was killed.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn try_spawn<F, T>(&self, call: F) -> Result<Task<T>, ThreadTrySpawnError<F>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        match self.shared.try_take() {
            Ok(place) => Ok(start(place, call, Location::caller())),
            Err(NoPlace::Full) => Err(ThreadTrySpawnError::Full(call)),
            Err(NoPlace::Killed) => Err(ThreadTrySpawnError::Killed(call)),
        }
    }

    /// Makes a call on a thread and waits for its value.
    ///
    /// From within a call of the same pool, as in `handle.block_on(pool.apply(...))`, it runs on that thread before
    /// `apply` returns, so that calls may recurse without waiting for each other.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError): the call panicked, or the pool was killed before it began.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future kills the call's task: a call that has not begun never runs, a running one runs on unheard.
    ///
    /// # Panics
    ///
    /// When polled outside of a tokio runtime.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::ThreadPool;
    ///
    /// let pool = ThreadPool::new(1);
    /// assert_eq!(pool.apply(|| 6 * 7).await.unwrap(), 42);
    /// # }
    /// ```
    #[track_caller]
    pub fn apply<F, T>(&self, call: F) -> ThreadApply<F, T>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        ThreadApply::new(self.shared.clone(), call, Location::caller())
    }

    /// Makes a call for each item, and gives their values in the order of the items.
    ///
    /// Items are taken as threads get free. From within a call of the same pool all run on that thread, one after the
    /// other, before `map` returns.
    ///
    /// # Errors
    ///
    /// [`TaskError`](crate::TaskError) of the first item, in their order, whose call panicked; or the pool was killed. The
    /// calls that have not begun by then never run.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future kills the tasks of its calls: those that have not begun never run, running ones run on
    /// unheard.
    ///
    /// # Panics
    ///
    /// When polled outside of a tokio runtime.
    #[track_caller]
    pub fn map<I, F, U>(&self, items: I, call: F) -> ThreadMap<U>
    where
        I: IntoIterator<Item: Send + 'static, IntoIter: Send + 'static>,
        F: Fn(I::Item) -> U + Send + Sync + 'static,
        U: Send + 'static,
    {
        ThreadMap::new(self.shared.clone(), items.into_iter(), call, Location::caller())
    }

    /// Waits until no call is left, neither running nor to be begun. Those who wait in [`spawn`](Self::spawn) do not
    /// count.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the wait, nothing else.
    pub fn join(&self) -> ThreadPoolJoin {
        ThreadPoolJoin::new(self.shared.clone())
    }

    /// Ends the pool: what is to come is refused, what has not begun never runs, what runs is waited for.
    ///
    /// Nothing happens until the returned [`ThreadPoolKill`] is awaited, or told [`nowait`](ThreadPoolKill::nowait). A
    /// pool that was killed stays so.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill stands; dropping the future only ends the wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use greenroom_core::ThreadPool;
    ///
    /// let pool = ThreadPool::new(1);
    /// pool.kill().await;
    /// assert!(pool.spawn(|| 1).await.is_err());
    /// # }
    /// ```
    pub fn kill(&self) -> ThreadPoolKill {
        ThreadPoolKill::new(self.join())
    }

    /// How many calls are under way, and with them places taken.
    #[must_use]
    pub fn len(&self) -> usize {
        self.shared.busy()
    }

    /// Whether no call is under way.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many calls may run at once.
    #[must_use]
    pub fn size(&self) -> usize {
        self.shared.size()
    }

    /// Changes how many calls may run at once. More lets waiting ones in now; fewer takes effect as calls return.
    pub fn resize(&self, size: usize) {
        self.shared.resize(size);
    }
}

impl fmt::Debug for ThreadPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ThreadPool")
            .field("len", &self.len())
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}
