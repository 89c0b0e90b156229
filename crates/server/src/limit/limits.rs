//! The budget that servers draw on.

use std::fmt;
use std::sync::Arc;

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::limit::Entrance;
use crate::limit::gate::Gate;
use crate::limit::nofile::default_connections;
use crate::sync::Mutex;

/// How many connections there may be at once.
///
/// A handle: clones share one budget, so several servers can draw on it together. At the limit a server does not
/// accept; new clients wait in the kernel's backlog until a connection ends. The limit may change while servers run.
///
/// The default is 10 000 connections, or what the limit on open files leaves room for if that is less: a fifth of it,
/// and at least 64 files, are kept for everything else the process opens.
///
/// gevent takes a `Pool`, or a number, as `spawn` for this.
///
/// # Examples
///
/// ```
/// use greenroom_server::Limits;
///
/// let limits = Limits::new().connections(500);
/// assert_eq!(limits.max_connections(), 500);
/// limits.clone().set_connections(200);
/// assert_eq!(limits.max_connections(), 200);
/// assert_eq!(limits.open_connections(), 0);
/// ```
#[doc(alias = "spawn")]
#[doc(alias = "full")]
#[derive(Clone)]
pub struct Limits {
    pub(super) state: Arc<State>,
}

pub(super) struct State {
    pub(super) gate: Mutex<Gate>,
    /// Told whenever a connection has closed, and with it a file.
    freed: Notify,
}

impl Limits {
    /// The default limits.
    #[must_use]
    pub fn new() -> Self {
        let gate = Mutex::new(Gate::new(default_connections()));
        Self { state: Arc::new(State { gate, freed: Notify::new() }) }
    }

    /// At most `n` connections at once. Default: 10 000, or less where fewer files may be open. With 0 none is accepted.
    #[must_use]
    pub fn connections(self, n: usize) -> Self {
        self.set_connections(n);
        self
    }

    /// Changes the limit, also of running servers. A lower one closes nothing: it takes effect as connections end.
    pub fn set_connections(&self, n: usize) {
        let woken = self.state.gate.lock().resize(n);
        for waker in woken {
            waker.wake();
        }
    }

    /// The most connections there may be at once.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        self.state.gate.lock().max()
    }

    /// How many connections there are now, over all servers that share these limits.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.state.gate.lock().inside()
    }

    pub(crate) fn entrance(&self) -> Entrance {
        Entrance::new(self.clone())
    }

    /// Resolves when a connection closes after this call.
    pub(crate) fn freed(&self) -> Notified<'_> {
        self.state.freed.notified()
    }
}

impl State {
    /// Somebody left. `closed`: a connection it had is closed, too.
    pub(super) fn leave(&self, closed: bool) {
        let woken = self.gate.lock().leave();
        if let Some(waker) = woken {
            waker.wake();
        }
        if closed {
            self.freed.notify_waiters();
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, max) = (self.open_connections(), self.max_connections());
        f.debug_struct("Limits")
            .field("connections", &format_args!("{open} of {max}"))
            .finish_non_exhaustive()
    }
}
