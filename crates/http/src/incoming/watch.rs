//! The limits that a body is read under.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use tokio::time::Instant;

use crate::incoming::BodyError;
use crate::life::Life;
use crate::refusal::Refusal;

/// What became of a body, for whoever answers the request.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// What it turned out to be guilty of.
    fault: OnceLock<Refusal>,
    /// The client sends it when it is told to, which the engine does when it is first read.
    unasked: AtomicBool,
}

impl Account {
    pub(crate) fn fault(&self) -> Option<Refusal> {
        self.fault.get().copied()
    }

    /// Whether the client still waits to be told to send it.
    pub(crate) fn is_unasked(&self) -> bool {
        self.unasked.load(Ordering::Relaxed)
    }

    pub(super) fn ask(&self) {
        if self.is_unasked() {
            self.unasked.store(false, Ordering::Relaxed);
        }
    }
}

#[derive(Debug)]
pub(crate) struct Watch {
    pub(super) account: Arc<Account>,
    limit: u64,
    left: u64,
    progress: Duration,
    waiting_since: Option<Instant>,
    alarm: Option<Alarm>,
    /// Whom to leave the rest of it to: under HTTP/1, where it must be read before the next request. Not where the client waits to
    /// be told to go on.
    pub(super) heir: Option<Arc<Life>>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(heir) = &self.heir {
            heir.take_back();
        }
    }
}

impl Watch {
    pub(crate) fn new(limit: u64, progress: Duration, heir: Option<Arc<Life>>, unasked: bool) -> Self {
        let account = Arc::new(Account { unasked: AtomicBool::new(unasked), ..Account::default() });
        if let Some(heir) = &heir {
            heir.lend();
        }
        Self { account, limit, left: limit, progress, waiting_since: None, alarm: None, heir }
    }

    pub(crate) fn account(&self) -> Arc<Account> {
        Arc::clone(&self.account)
    }

    /// So many bytes have come.
    pub(super) fn came(&mut self, bytes: usize) -> Result<(), BodyError> {
        self.waiting_since = None;
        let left = self.left.checked_sub(bytes as u64);
        self.left = left.ok_or_else(|| {
            let _ = self.account.fault.set(Refusal::BodyTooLarge { limit: self.limit });
            BodyError::TooLarge { limit: self.limit }
        })?;
        Ok(())
    }

    /// It is broken.
    pub(super) fn broke(&mut self, error: hyper::Error) -> BodyError {
        let _ = self.account.fault.set(Refusal::Malformed("its body is not what its headers say"));
        BodyError::Broken(error.into())
    }

    /// Nothing more is there. Ready when that has lasted too long.
    pub(super) fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<BodyError> {
        let now = Instant::now();
        let since = *self.waiting_since.get_or_insert(now);
        let Some(due) = since.checked_add(self.progress) else { return Poll::Pending };
        if now >= due {
            let _ = self.account.fault.set(Refusal::BodyOverdue);
            return Poll::Ready(BodyError::TimedOut { limit: self.progress });
        }
        Alarm::ring_at(&mut self.alarm, due, context);
        Poll::Pending
    }
}
