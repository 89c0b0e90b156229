//! The handle.

use std::fmt;
use std::sync::Arc;

use crate::queue::channel::state::State;
use crate::sync::{Mutex, MutexGuard};

/// A rendezvous: a put waits until a getter has taken the item.
///
/// A handle is cheap to clone and every handle does everything. What it promises:
/// * An item stays with its putter until the poll in which a getter returns it: nothing is lost and nothing comes
///   twice, wherever a task is cancelled or killed.
/// * The getter goes on first, then the putter.
/// * Putters and getters are served in the order of their arrival.
///
/// It differs from [`Queue`](crate::Queue), even one with a bound of 1, in that nothing is stored: when a put has
/// returned, somebody is working on the item.
///
/// gevent: `gevent.queue.Channel`.
///
/// # Examples
///
/// ```
/// use greenroom_core::Channel;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let channel = Channel::new();
/// let getter = tokio::spawn({
///     let channel = channel.clone();
///     async move { channel.get().await }
/// });
/// channel.put("hello").await.unwrap(); // returns when the getter has it
/// assert_eq!(getter.await.unwrap(), Ok("hello"));
/// # }
/// ```
pub struct Channel<T> {
    shared: Arc<Mutex<State<T>>>,
}

impl<T> Channel<T> {
    /// A channel where nobody waits.
    #[must_use]
    pub fn new() -> Self {
        Self { shared: Arc::new(Mutex::new(State::new())) }
    }

    /// The waiting putters less the waiting getters.
    #[must_use]
    pub fn balance(&self) -> isize {
        let state = self.lock();
        state.waiting_putters as isize - state.waiting_getters as isize
    }

    /// Ends the channel: putters get their items back in the error, getters get the error.
    ///
    /// Only what [`try_put`](Self::try_put) has passed to a getter and nobody has taken yet can still be got.
    pub fn shutdown(&self) {
        let mut state = self.lock();
        state.shut_down = true;
        let mut wakes = state.settle();
        wakes.add_all(state.putters.wakers());
        drop(state);
        wakes.wake();
    }

    /// Whether the channel has been shut down.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        self.lock().shut_down
    }

    #[inline]
    pub(super) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.shared.lock()
    }
}

impl<T> Default for Channel<T> {
    fn default() -> Self {
        Self::new()
    }
}

/// Another handle to the same channel.
impl<T> Clone for Channel<T> {
    #[inline]
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel")
            .field("balance", &self.balance())
            .field("shut_down", &self.is_shut_down())
            .finish_non_exhaustive()
    }
}
