//! What a server has counted.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::stream::prepare::Unprepared;
use crate::sync::Mutex;

/// Counts since the server started. From [`ServerHandle::stats`](crate::ServerHandle::stats).
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use greenroom_server::{Connection, MemoryListener, StreamServer};
/// use tokio::io::AsyncReadExt;
///
/// let listener = MemoryListener::new();
/// let connector = listener.connector();
/// let server = StreamServer::on(listener).start(async |_: Connection| Err::<(), _>("out of tea")).await?;
/// connector.connect().await?.read_to_end(&mut Vec::new()).await?; // until it is closed
/// let stats = server.stats();
/// assert_eq!((stats.accepted, stats.failed, stats.panicked), (1, 1, 0));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Connections accepted.
    pub accepted: u64,
    /// Connections open now.
    pub active: u64,
    /// Handlers that returned an error.
    pub failed: u64,
    /// Handlers that panicked.
    pub panicked: u64,
    /// Handlers that were killed.
    pub killed: u64,
    /// Connections closed at once, because there were too many from the same address.
    pub refused_by_address: u64,
    /// Connections that did not come to their handler, by what they failed at: `proxy`, `tls`.
    pub unprepared: BTreeMap<&'static str, u64>,
    /// Connections accepted and closed at once because they could not be set up.
    pub setup_failed: u64,
    /// Connections closed unserved: the process was out of files, or the server had been full for as long as its
    /// [limits](crate::Limits::shed_after) say. They are not among the accepted.
    pub shed: u64,
    /// Errors of accept.
    pub accept_errors: u64,
    /// The same by the number the system gives them; those without a number are under 0.
    pub accept_errors_by_number: BTreeMap<i32, u64>,
}

/// Where they are counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) accepted: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) panicked: AtomicU64,
    pub(crate) killed: AtomicU64,
    pub(crate) refused: AtomicU64,
    unprepared: Mutex<BTreeMap<&'static str, u64>>,
    pub(crate) setup_failed: AtomicU64,
    pub(crate) shed: AtomicU64,
    accept_errors: Mutex<BTreeMap<i32, u64>>,
}

impl Counters {
    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn accept_failed(&self, error: &io::Error) {
        *self.accept_errors.lock().entry(error.raw_os_error().unwrap_or(0)).or_default() += 1;
    }

    pub(crate) fn unprepared(&self, why: &Unprepared) {
        match why {
            Unprepared::Refused => Self::count(&self.refused),
            Unprepared::Failed { step, .. } => *self.unprepared.lock().entry(step).or_default() += 1,
        }
    }

    pub(crate) fn stats(&self, active: usize) -> Stats {
        let accept_errors_by_number = self.accept_errors.lock().clone();
        Stats {
            accepted: self.accepted.load(Ordering::Relaxed),
            active: active as u64,
            failed: self.failed.load(Ordering::Relaxed),
            panicked: self.panicked.load(Ordering::Relaxed),
            killed: self.killed.load(Ordering::Relaxed),
            refused_by_address: self.refused.load(Ordering::Relaxed),
            unprepared: self.unprepared.lock().clone(),
            setup_failed: self.setup_failed.load(Ordering::Relaxed),
            shed: self.shed.load(Ordering::Relaxed),
            accept_errors: accept_errors_by_number.values().sum(),
            accept_errors_by_number,
        }
    }
}
