//! A deadline that several share.

use std::fmt;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

use super::timed::Timed;
use crate::sync::Mutex;
use crate::waiter::{Ticket, Waiters};

/// A deadline that can be shared, lifted and set again; everything run under it draws on the same time.
///
/// Clones are the same deadline. A limit of `None` never passes. To limit one future, [`timeout`](crate::timeout()) is
/// simpler.
///
/// gevent: `gevent.Timeout`. There it strikes the greenlet that started it, wherever that is; here it strikes what was
/// given to [`run`](Self::run).
///
/// # Examples
///
/// Connecting and asking share two seconds:
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// use std::time::Duration;
/// use tokio::time::sleep;
/// use greenroom_core::Timeout;
///
/// let limit = Timeout::start_new(Duration::from_secs(2));
/// assert!(limit.run(sleep(Duration::from_secs(1))).await.is_ok());
/// let elapsed = limit.run(sleep(Duration::from_secs(5))).await.unwrap_err();
/// assert!(elapsed.belongs_to(&limit));
/// # }
/// ```
#[derive(Clone)]
#[doc(alias = "gevent.Timeout")]
pub struct Timeout(Arc<Shared>);

struct Shared {
    limit: Option<Duration>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    deadline: Option<Instant>,
    /// What runs under it, to be told of a new deadline.
    runs: Waiters,
}

impl Timeout {
    /// A deadline that is not set yet: [`start`](Self::start), or the first poll of a [`run`](Self::run), sets it.
    #[must_use]
    pub fn new(limit: impl Into<Option<Duration>>) -> Self {
        Self(Arc::new(Shared { limit: limit.into(), state: Mutex::new(State::default()) }))
    }

    /// A deadline that counts from now.
    #[must_use]
    pub fn start_new(limit: impl Into<Option<Duration>>) -> Self {
        let timeout = Self::new(limit);
        timeout.start();
        timeout
    }

    /// Sets the deadline: now and the limit. Does nothing while one is pending; one that has passed is set anew.
    pub fn start(&self) {
        self.set(|deadline, now| deadline > now);
    }

    /// Sets the deadline unless there is one: what runs draws on the same time.
    pub(crate) fn begin(&self) {
        self.set(|_, _| true);
    }

    /// Sets the deadline, unless the one that is there is to be kept.
    fn set(&self, keep: impl FnOnce(Instant, Instant) -> bool) {
        let Some(limit) = self.0.limit else { return };
        let mut wakers = Vec::new();
        {
            let mut state = self.0.state.lock();
            let now = Instant::now();
            if state.deadline.is_some_and(|deadline| keep(deadline, now)) {
                return;
            }
            state.deadline = now.checked_add(limit);
            while let Some((waker, ())) = state.runs.serve() {
                wakers.push(waker);
            }
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Lifts the deadline; what runs under it goes on. It can be started again.
    #[doc(alias = "close")]
    pub fn cancel(&self) {
        self.0.state.lock().deadline = None;
    }

    /// Whether a deadline is set, and lies ahead.
    #[must_use]
    pub fn pending(&self) -> bool {
        self.deadline().is_some_and(|deadline| deadline > Instant::now())
    }

    /// The limit given at the start.
    #[must_use]
    #[doc(alias = "seconds")]
    pub fn limit(&self) -> Option<Duration> {
        self.0.limit
    }

    /// Runs `future` under this deadline, which is set by the first poll if it is not set yet.
    ///
    /// # Errors
    ///
    /// [`Elapsed`](crate::Elapsed), which belongs to this timeout, once the deadline has passed and everything inside is over.
    ///
    /// # Cancel safety
    ///
    /// That of `future`.
    pub fn run<F: Future>(&self, future: F) -> Timed<F> {
        Timed::shared(self.clone(), future)
    }

    pub(crate) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    pub(crate) fn deadline(&self) -> Option<Instant> {
        self.0.state.lock().deadline
    }

    /// A run that waits for a new deadline.
    pub(crate) fn park(&self, ticket: &mut Option<Ticket>, waker: &Waker) {
        let left = {
            let mut state = self.0.state.lock();
            let left = ticket.take().and_then(|ticket| state.runs.leave(ticket));
            *ticket = Some(state.runs.park((), waker.clone()));
            left
        };
        drop(left);
    }

    pub(crate) fn leave(&self, ticket: Ticket) {
        let left = self.0.state.lock().runs.leave(ticket);
        drop(left);
    }
}

impl fmt::Debug for Timeout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Timeout").field("limit", &self.0.limit).field("deadline", &self.deadline()).finish()
    }
}
