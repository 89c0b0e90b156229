//! The end of a queue.

use crate::queue::queue::Queue;
use crate::queue::state::Phase;

impl<T> Queue<T> {
    /// Ends the queue: from now on every put is refused, and gets take what is stored and then fail.
    ///
    /// Waiting putters get their items back in the error. Waiting getters get the error, unless an item is already
    /// on its way to them. What is stored stays unfinished: [`join`](Self::join) still waits until it is done.
    /// A second shutdown changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::{Queue, TryGetError, TryPutError};
    /// let queue = Queue::unbounded();
    /// queue.try_put(1).unwrap();
    /// queue.shutdown();
    /// assert_eq!(queue.try_put(2), Err(TryPutError::ShutDown(2)));
    /// assert_eq!(queue.try_get(), Ok(1));
    /// assert_eq!(queue.try_get(), Err(TryGetError::ShutDown));
    /// ```
    pub fn shutdown(&self) {
        let mut state = self.lock();
        if state.phase != Phase::Open {
            return;
        }
        state.phase = Phase::Draining;
        let mut wakes = state.settle();
        wakes.add_all(state.putters.wakers());
        drop(state);
        wakes.wake();
    }

    /// Ends the queue and drops what is stored: every put and every get fails from now on.
    ///
    /// What is dropped counts as done, so that [`join`](Self::join) waits only for items that have been got.
    /// After [`shutdown`](Self::shutdown) it drops what has not been drained yet.
    ///
    /// gevent: `shutdown(immediate=True)`.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_core::{Queue, TryGetError};
    /// let queue = Queue::unbounded();
    /// queue.try_put(1).unwrap();
    /// queue.shutdown_now();
    /// assert_eq!(queue.try_get(), Err(TryGetError::ShutDown));
    /// assert_eq!(queue.unfinished(), 0);
    /// ```
    pub fn shutdown_now(&self) {
        let mut state = self.lock();
        if state.phase == Phase::Emptied {
            return;
        }
        state.phase = Phase::Emptied;
        state.claimed = 0;
        let dropped = state.store.take();
        let mut wakes = state.settle();
        wakes.add_all(state.putters.wakers());
        state.finish(dropped.len(), &mut wakes);
        drop(state);
        drop(dropped);
        wakes.wake();
    }
}
