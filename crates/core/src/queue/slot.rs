//! A place for one item.

use std::fmt;

use crate::queue::put::stored;
use crate::queue::put_error::PutError;
use crate::queue::queue::Queue;
use crate::queue::state::Phase;

/// A place in a [`Queue`] that nobody else can take, from [`Queue::reserve`].
///
/// [`put`](Self::put) fills it without waiting; dropping it gives the place to the next putter.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::Queue;
///
/// let queue = Queue::bounded(1);
/// let place = queue.reserve().await.unwrap();
/// assert!(queue.is_full()); // though there is nothing in it
/// place.put("made when there was room for it").unwrap();
/// assert_eq!(queue.len(), 1);
/// # }
/// ```
#[must_use = "the place is given back at once when the slot is dropped"]
pub struct Slot<T> {
    /// `None` once the place is filled.
    queue: Option<Queue<T>>,
}

impl<T> Slot<T> {
    /// The place must be counted in `reserved`.
    pub(super) fn new(queue: Queue<T>) -> Self {
        Self { queue: Some(queue) }
    }

    /// Stores the item in this place. Never waits.
    ///
    /// # Errors
    ///
    /// [`PutError`] with the item when the queue has been shut down meanwhile.
    pub fn put(mut self, item: T) -> Result<(), PutError<T>> {
        let Some(queue) = self.queue.take() else { return Err(PutError(item)) };
        let mut state = queue.lock();
        state.reserved -= 1;
        if state.phase != Phase::Open {
            return Err(PutError(item));
        }
        state.add(item);
        stored(state);
        Ok(())
    }
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        if let Some(queue) = self.queue.take() {
            queue.free_reserved();
        }
    }
}

impl<T> Queue<T> {
    /// Gives a reserved place to whoever waits for one.
    pub(super) fn free_reserved(&self) {
        let mut state = self.lock();
        state.reserved -= 1;
        if state.phase == Phase::Open {
            let wakes = state.settle();
            drop(state);
            wakes.wake();
        }
    }
}

impl<T> fmt::Debug for Slot<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Slot").finish_non_exhaustive()
    }
}
