//! A slot that somebody holds who has nothing to run yet.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use crate::crew::{Keeper, Slot};
use crate::task::{Plain, Task, TaskBuilder};

/// A slot of a [`Pool`](crate::Pool) that nobody else can take, from [`reserve`](crate::Pool::reserve) and
/// [`try_reserve`](crate::Pool::try_reserve).
///
/// [`spawn`](Self::spawn) uses it without waiting; dropped, it is free again. It counts against the pool's size, but not
/// as a member: [`join`](crate::Pool::join) and [`kill`](crate::Pool::kill) do not wait for it. It is a handle of its
/// pool too, so that the members live at least as long.
///
/// For those who must know that there is a slot before they have work for it, as a server that accepts a connection only
/// when it can serve it.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::Pool;
///
/// let pool = Pool::new(1);
/// let slot = pool.reserve().await.unwrap();
/// assert!(pool.is_full() && pool.is_empty());
/// let task = slot.spawn(async { 1 + 1 });
/// assert!(pool.contains(&task));
/// assert_eq!(task.get().await.unwrap(), 2);
/// # }
/// ```
#[must_use = "a slot that is dropped is free again"]
pub struct PoolSlot {
    // In this order: the slot is given back before the pool may end.
    slot: Slot,
    keeper: Arc<Keeper>,
}

impl PoolSlot {
    pub(super) fn new(keeper: Arc<Keeper>, slot: Slot) -> Self {
        Self { slot, keeper }
    }

    /// Starts the future as a member in this slot. It is one before it first runs.
    ///
    /// If the pool was killed meanwhile, the task is too, before it first runs.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime.
    #[track_caller]
    pub fn spawn<F>(self, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        self.spawn_with(TaskBuilder::new(), future)
    }

    /// As [`spawn`](Self::spawn), with what the builder says: a name, another runtime, a later start.
    ///
    /// # Panics
    ///
    /// As [`spawn`](Self::spawn), unless the builder names a runtime or leaves the start to later.
    #[track_caller]
    pub fn spawn_with<F>(self, builder: TaskBuilder, future: F) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let Self { slot, keeper } = self;
        keeper.spawn::<F, Plain>(builder, Some(slot), future, Location::caller())
    }

    /// As [`TaskBuilder::spawn_finally`], in this slot: a task with a clean-up of its own.
    ///
    /// # Panics
    ///
    /// As [`spawn_with`](Self::spawn_with).
    #[track_caller]
    pub fn spawn_finally<F, C>(self, builder: TaskBuilder, body: F, cleanup: C) -> Task<F::Output>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
        C: Future<Output = ()> + Send + 'static,
    {
        let Self { slot, keeper } = self;
        keeper.spawn_finally::<F, Plain, C>(builder, Some(slot), body, Some(cleanup), Location::caller())
    }
}

impl fmt::Debug for PoolSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PoolSlot").field(&self.keeper).finish()
    }
}
