//! What a datagram server has counted.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::sync::Mutex;

/// Counts since the server started. From [`DatagramHandle::stats`](crate::DatagramHandle::stats).
///
/// Every datagram that came in is either handled or in one of the `dropped_...` counts. What the kernel dropped because
/// its receive buffer was full nobody here has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatagramStats {
    /// Datagrams that came in, those that were dropped afterwards included.
    pub received: u64,
    /// Datagrams that the system took for sending.
    pub sent: u64,
    /// Handlers that wait for something now; with sessions, sessions open now.
    pub active: u64,
    /// Handlers that returned an error.
    pub failed: u64,
    /// Handlers that panicked.
    pub panicked: u64,
    /// Handlers that were killed.
    pub killed: u64,
    /// Datagrams longer than the longest that is wanted, whether or not they were dropped for it.
    pub truncated: u64,
    /// Dropped: they were too long.
    pub dropped_truncated: u64,
    /// Dropped: as many handlers were at work as may be.
    pub dropped_full: u64,
    /// Dropped: the server was stopping.
    pub dropped_stopping: u64,
    /// Dropped: the queue of their session was full.
    pub dropped_queue_full: u64,
    /// Dropped: the queues of all sessions together held as many bytes as they may.
    pub dropped_memory: u64,
    /// Dropped: they came from new peers, and there were as many sessions as may be.
    pub dropped_sessions_full: u64,
    /// Dropped: they came from new peers, more of them in a short time than may be.
    pub dropped_session_rate: u64,
    /// Dropped: the handler of their session returned without reading them.
    pub dropped_unread: u64,
    /// Sessions begun.
    pub sessions_started: u64,
    /// Sessions that ended because nothing had come for too long.
    pub sessions_expired: u64,
    /// Replies refused because the peer had sent too little to earn them.
    pub replies_over_ratio: u64,
    /// Errors of receiving; most are ICMP messages about what was sent earlier.
    pub receive_errors: u64,
    /// The same by the number the system gives them; those without a number are under 0.
    pub receive_errors_by_number: BTreeMap<i32, u64>,
    /// Errors of sending, those told to a caller included.
    pub send_errors: u64,
    /// The same by the number the system gives them; those without a number are under 0.
    pub send_errors_by_number: BTreeMap<i32, u64>,
}

impl DatagramStats {
    /// Datagrams that came in and were dropped, for whatever reason.
    #[must_use]
    pub const fn dropped(&self) -> u64 {
        self.dropped_truncated
            + self.dropped_full
            + self.dropped_stopping
            + self.dropped_queue_full
            + self.dropped_memory
            + self.dropped_sessions_full
            + self.dropped_session_rate
            + self.dropped_unread
    }
}

/// Where they are counted.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) received: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) failed: AtomicU64,
    pub(crate) panicked: AtomicU64,
    pub(crate) killed: AtomicU64,
    pub(crate) truncated: AtomicU64,
    pub(crate) dropped_truncated: AtomicU64,
    pub(crate) dropped_full: AtomicU64,
    pub(crate) dropped_stopping: AtomicU64,
    pub(crate) dropped_queue_full: AtomicU64,
    pub(crate) dropped_memory: AtomicU64,
    pub(crate) dropped_sessions_full: AtomicU64,
    pub(crate) dropped_session_rate: AtomicU64,
    pub(crate) dropped_unread: AtomicU64,
    pub(crate) sessions_started: AtomicU64,
    pub(crate) sessions_expired: AtomicU64,
    pub(crate) replies_over_ratio: AtomicU64,
    receive_errors: ByNumber,
    send_errors: ByNumber,
}

#[derive(Debug, Default)]
struct ByNumber(Mutex<BTreeMap<i32, u64>>);

impl ByNumber {
    fn count(&self, error: &io::Error) {
        *self.0.lock().entry(error.raw_os_error().unwrap_or(0)).or_default() += 1;
    }
}

impl Counters {
    pub(crate) fn count(counter: &AtomicU64) {
        Self::add(counter, 1);
    }

    pub(crate) fn add(counter: &AtomicU64, n: usize) {
        counter.fetch_add(n as u64, Ordering::Relaxed);
    }

    pub(crate) fn receive_failed(&self, error: &io::Error) {
        self.receive_errors.count(error);
    }

    pub(crate) fn send_failed(&self, error: &io::Error) {
        self.send_errors.count(error);
    }

    pub(crate) fn stats(&self, active: usize) -> DatagramStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let receive_errors_by_number = self.receive_errors.0.lock().clone();
        let send_errors_by_number = self.send_errors.0.lock().clone();
        DatagramStats {
            received: get(&self.received),
            sent: get(&self.sent),
            active: active as u64,
            failed: get(&self.failed),
            panicked: get(&self.panicked),
            killed: get(&self.killed),
            truncated: get(&self.truncated),
            dropped_truncated: get(&self.dropped_truncated),
            dropped_full: get(&self.dropped_full),
            dropped_stopping: get(&self.dropped_stopping),
            dropped_queue_full: get(&self.dropped_queue_full),
            dropped_memory: get(&self.dropped_memory),
            dropped_sessions_full: get(&self.dropped_sessions_full),
            dropped_session_rate: get(&self.dropped_session_rate),
            dropped_unread: get(&self.dropped_unread),
            sessions_started: get(&self.sessions_started),
            sessions_expired: get(&self.sessions_expired),
            replies_over_ratio: get(&self.replies_over_ratio),
            receive_errors: receive_errors_by_number.values().sum(),
            receive_errors_by_number,
            send_errors: send_errors_by_number.values().sum(),
            send_errors_by_number,
        }
    }
}
