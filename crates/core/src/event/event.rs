use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::EventWait;
use crate::sync::Mutex;
use crate::waiter::{Ticket, Waiters, Wakers};

/// A flag that any number of tasks wait for, and that may be set and cleared again and again.
///
/// Clones are handles to the same flag.
///
/// [`set`](Self::set) wakes everybody who is waiting at that moment, the longest waiting first, even if
/// [`clear`](Self::clear) follows before they have run. Setting an event that is set already changes nothing.
///
/// An event remembers that it was set and carries nothing; to hand over a value once, use
/// [`AsyncResult`](crate::AsyncResult).
///
/// gevent: `gevent.event.Event`. `wait(timeout)` is `wait().timeout(d)`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// use greenroom_core::Event;
///
/// let curtain = Event::new();
/// let actor = tokio::spawn({
///     let curtain = curtain.clone();
///     async move { curtain.wait().await }
/// });
/// curtain.set();
/// actor.await.unwrap();
/// assert!(curtain.is_set());
/// # }
/// ```
#[derive(Clone, Default)]
pub struct Event {
    state: Arc<Mutex<State>>,
}

/// Nobody is in the line while the flag is up.
#[derive(Default)]
struct State {
    is_set: bool,
    /// How often the flag went up: who began to wait before the latest time is free to go.
    times_set: u64,
    line: Waiters,
}

impl Event {
    /// An event that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag and wakes everybody who is waiting.
    pub fn set(&self) {
        let mut state = self.state.lock();
        if state.is_set {
            return;
        }
        state.is_set = true;
        state.times_set += 1;
        let served = Wakers::of_all(&mut state.line);
        drop(state);
        served.wake();
    }

    /// Lowers the flag. Who has been woken stays woken.
    pub fn clear(&self) {
        self.state.lock().is_set = false;
    }

    /// Whether the flag is up.
    #[doc(alias = "ready")]
    #[doc(alias = "isSet")]
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.state.lock().is_set
    }

    /// Waits until the flag is up; at once if it is.
    ///
    /// The wait begins with this call, not with the first poll: a [`set`](Self::set) in between counts, also when it
    /// was followed by a [`clear`](Self::clear). So it is safe to call `wait`, start what will set the event, and then await.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: dropping the future has no effect on the event or on others who wait.
    ///
    /// # Examples
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// use greenroom_core::Event;
    ///
    /// let event = Event::new();
    /// let wait = event.wait();
    /// event.set();
    /// event.clear();
    /// wait.await; // it was set since
    /// assert!(!event.is_set());
    /// # }
    /// ```
    pub fn wait(&self) -> EventWait {
        let state = self.state.lock();
        let since = (!state.is_set).then_some(state.times_set);
        drop(state);
        EventWait::new(self.clone(), since)
    }

    /// Ready when the flag went up after it had done so `since` times.
    pub(super) fn poll_set(
        &self,
        since: u64,
        ticket: &mut Option<Ticket>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        let mut state = self.state.lock();
        if state.times_set != since {
            return Poll::Ready(());
        }
        let stale = match ticket {
            Some(ticket) => state.line.refresh(ticket, context.waker()),
            None => {
                *ticket = Some(state.line.park((), context.waker().clone()));
                None
            }
        };
        drop(state);
        drop(stale);
        Poll::Pending
    }

    pub(super) fn leave(&self, ticket: Ticket) {
        let left = self.state.lock().line.leave(ticket);
        drop(left);
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event").field("is_set", &self.is_set()).finish_non_exhaustive()
    }
}
