//! The handle.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;

use crate::queue::heap::Heap;
use crate::queue::state::{Phase, State};
use crate::queue::store::Store;
use crate::sync::{Mutex, MutexGuard};

/// A queue between any number of putters and getters, with a bound or without.
///
/// A handle is cheap to clone and every handle does everything: there is no sending and no receiving side. So a
/// queue does not end when handles are dropped; it ends by [`shutdown`](Self::shutdown).
///
/// What it promises:
/// * **Nothing is lost and nothing comes twice**, wherever a task is cancelled or killed. An item stays in the queue
///   until the poll in which its getter returns it.
/// * **First come, first served**: those who wait for an item, and those who wait for room, are served in the order
///   of their arrival, and a newcomer overtakes none of them.
/// * **The order of items holds**: first in first out for [`bounded`](Self::bounded) and
///   [`unbounded`](Self::unbounded), last in first out for [`bounded_lifo`](Self::bounded_lifo), lowest first and
///   stable for [`bounded_priority`](Self::bounded_priority).
///
/// Waiting takes part in tokio's cooperative budget: a task that gets from a queue which is never empty still lets
/// others run. The `try_` methods never wait and never yield; a loop over them starves the others.
///
/// A [`put`](Self::put) and a [`get`](Self::get) borrow the handle they are called on: counting references would be
/// a third of their time. To spawn or store one say [`into_owned`](crate::QueueGet::into_owned). Every other future
/// of a queue owns its handle.
///
/// It differs from [`Channel`](crate::Channel), where nothing is stored and a put returns when a getter has the item.
///
/// gevent: `gevent.queue.Queue` (`JoinableQueue`), `SimpleQueue`, `LifoQueue`, `PriorityQueue`.
///
/// # Examples
///
/// ```
/// use greenroom_core::Queue;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let jobs = Queue::bounded(3);
/// let worker = tokio::spawn({
///     let jobs = jobs.clone();
///     async move {
///         let mut sum = 0;
///         while let Ok(job) = jobs.get().await {
///             sum += job;
///         }
///         sum
///     }
/// });
/// for job in 1..=10 {
///     jobs.put(job).await.unwrap(); // waits while three are stored
/// }
/// jobs.shutdown(); // the worker gets what is stored, then the error
/// assert_eq!(worker.await.unwrap(), 55);
/// # }
/// ```
#[doc(alias("JoinableQueue", "SimpleQueue", "UnboundQueue"))]
pub struct Queue<T> {
    shared: Arc<Mutex<State<T>>>,
}

impl<T> Queue<T> {
    /// First in, first out; a put waits while `capacity` items are stored.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero: a queue without room passes nothing on. [`Channel`](crate::Channel) does.
    #[must_use]
    #[track_caller]
    #[doc(alias = "maxsize")]
    pub fn bounded(capacity: usize) -> Self {
        Self::with(Store::Fifo(VecDeque::new()), bound(capacity))
    }

    /// First in, first out; a put never waits.
    #[must_use]
    #[doc(alias = "maxsize")]
    pub fn unbounded() -> Self {
        Self::with(Store::Fifo(VecDeque::new()), usize::MAX)
    }

    /// Last in, first out: a stack; a put waits while `capacity` items are stored.
    ///
    /// Those who wait are still served in the order of their arrival.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// let stack = Queue::bounded_lifo(2);
    /// stack.try_put('a').unwrap();
    /// stack.try_put('b').unwrap();
    /// assert_eq!(stack.try_get(), Ok('b'));
    /// ```
    #[must_use]
    #[track_caller]
    #[doc(alias = "LifoQueue")]
    pub fn bounded_lifo(capacity: usize) -> Self {
        Self::with(Store::Lifo(Vec::new()), bound(capacity))
    }

    /// Last in, first out; a put never waits.
    #[must_use]
    #[doc(alias = "LifoQueue")]
    pub fn unbounded_lifo() -> Self {
        Self::with(Store::Lifo(Vec::new()), usize::MAX)
    }

    /// Lowest first, equal items in the order of their arrival; a put waits while `capacity` items are stored.
    ///
    /// For highest first wrap the items in [`Reverse`](std::cmp::Reverse). The comparison runs under the queue's
    /// lock: it must be short, must not panic (the order is lost if it does) and must not use the queue.
    ///
    /// # Panics
    ///
    /// If `capacity` is zero.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::Queue;
    /// let queue = Queue::bounded_priority(3);
    /// for item in [(2, "soon"), (9, "some day"), (1, "now")] {
    ///     queue.try_put(item).unwrap();
    /// }
    /// assert_eq!(queue.try_get(), Ok((1, "now")));
    /// assert_eq!(queue.try_get(), Ok((2, "soon")));
    /// ```
    #[must_use]
    #[track_caller]
    #[doc(alias = "PriorityQueue")]
    pub fn bounded_priority(capacity: usize) -> Self
    where
        T: Ord,
    {
        Self::with(Store::Priority(Heap::new(by_order)), bound(capacity))
    }

    /// Lowest first, equal items in the order of their arrival; a put never waits.
    ///
    /// See [`bounded_priority`](Self::bounded_priority) for what the comparison must keep to.
    #[must_use]
    #[doc(alias = "PriorityQueue")]
    pub fn unbounded_priority() -> Self
    where
        T: Ord,
    {
        Self::with(Store::Priority(Heap::new(by_order)), usize::MAX)
    }

    /// How many items are stored. By the time one looks at the figure it may be another.
    #[must_use]
    #[doc(alias = "qsize")]
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no item is stored.
    #[must_use]
    #[doc(alias = "empty")]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a put would have to wait: every place is taken by an item or promised to a [`Slot`](crate::Slot).
    #[must_use]
    #[doc(alias = "full")]
    pub fn is_full(&self) -> bool {
        !self.lock().has_room()
    }

    /// The bound, or `None` when there is none.
    #[must_use]
    #[doc(alias = "maxsize")]
    pub fn capacity(&self) -> Option<usize> {
        Some(self.lock().capacity).filter(|capacity| *capacity != usize::MAX)
    }

    /// Whether the queue has been shut down, in either way. Items may be left to get.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        self.lock().phase != Phase::Open
    }

    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.shared.lock()
    }

    fn with(store: Store<T>, capacity: usize) -> Self {
        Self { shared: Arc::new(Mutex::new(State::new(store, capacity))) }
    }
}

#[track_caller]
fn bound(capacity: usize) -> usize {
    assert!(capacity > 0, "a queue with no room passes nothing on: for a rendezvous use Channel");
    capacity
}

fn by_order<T: Ord>(one: &T, other: &T) -> Ordering {
    one.cmp(other)
}

/// Another handle to the same queue.
impl<T> Clone for Queue<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

/// An unbounded queue that holds the items already; they count as unfinished.
impl<T> FromIterator<T> for Queue<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let items: VecDeque<T> = items.into_iter().collect();
        let unfinished = items.len();
        let mut state = State::new(Store::Fifo(items), usize::MAX);
        state.unfinished = unfinished;
        Self { shared: Arc::new(Mutex::new(state)) }
    }
}

impl<T> fmt::Debug for Queue<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (len, unfinished, shut_down) = {
            let state = self.lock();
            (state.len(), state.unfinished, state.phase != Phase::Open)
        };
        f.debug_struct("Queue")
            .field("len", &len)
            .field("capacity", &self.capacity())
            .field("unfinished", &unfinished)
            .field("shut_down", &shut_down)
            .finish_non_exhaustive()
    }
}
