//! The limits that a body is read under.

use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use tokio::time::Instant;

use crate::incoming::BodyError;
use crate::life::Life;
use crate::refusal::Refusal;

/// What a body turned out to be guilty of, for whoever answers the request.
pub(crate) type Fault = Arc<OnceLock<Refusal>>;

#[derive(Debug)]
pub(crate) struct Watch {
    pub(super) fault: Fault,
    limit: u64,
    left: u64,
    progress: Duration,
    waiting_since: Option<Instant>,
    alarm: Option<Alarm>,
    /// Whom to leave the rest of it to: under HTTP/1, where it must be read before the next request. Not where the client waits to
    /// be told to go on.
    pub(super) heir: Option<Arc<Life>>,
    /// The client sends it when it is told to, which the engine does when it is first read.
    pub(super) unasked: bool,
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
        let fault = Fault::default();
        if let Some(heir) = &heir {
            heir.lend();
        }
        Self { fault, limit, left: limit, progress, waiting_since: None, alarm: None, heir, unasked }
    }

    pub(crate) fn fault(&self) -> Fault {
        Arc::clone(&self.fault)
    }

    /// So many bytes have come.
    pub(super) fn came(&mut self, bytes: usize) -> Result<(), BodyError> {
        self.waiting_since = None;
        let left = self.left.checked_sub(bytes as u64);
        self.left = left.ok_or_else(|| {
            let _ = self.fault.set(Refusal::BodyTooLarge { limit: self.limit });
            BodyError::TooLarge { limit: self.limit }
        })?;
        Ok(())
    }

    /// It is broken.
    pub(super) fn broke(&mut self, error: hyper::Error) -> BodyError {
        let _ = self.fault.set(Refusal::Malformed("its body is not what its headers say"));
        BodyError::Broken(error.into())
    }

    /// Nothing more is there. Ready when that has lasted too long.
    pub(super) fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<BodyError> {
        let now = Instant::now();
        let since = *self.waiting_since.get_or_insert(now);
        let Some(due) = since.checked_add(self.progress) else { return Poll::Pending };
        if now >= due {
            let _ = self.fault.set(Refusal::BodyOverdue);
            return Poll::Ready(BodyError::TimedOut { limit: self.progress });
        }
        Alarm::ring_at(&mut self.alarm, due, context);
        Poll::Pending
    }
}
