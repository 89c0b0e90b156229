//! For how long a full budget keeps clients waiting.

use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::sync::Mutex;

/// The setting, which may change while somebody goes by it.
pub(super) struct ShedAfter {
    delay: Mutex<Option<Duration>>,
    changed: Notify,
}

impl ShedAfter {
    pub(super) const fn new() -> Self {
        Self { delay: Mutex::new(None), changed: Notify::const_new() }
    }

    pub(super) fn get(&self) -> Option<Duration> {
        *self.delay.lock()
    }

    pub(super) fn set(&self, delay: Option<Duration>) {
        *self.delay.lock() = delay;
        self.changed.notify_waiters();
    }

    /// When shedding begins, of a budget that has been full since then. `None`: never.
    pub(super) fn due_at(&self, full_since: Instant) -> Option<Instant> {
        full_since.checked_add(self.get()?)
    }

    /// Waits until then, or until the setting is no longer what said so.
    pub(super) async fn wait(&self, full_since: Instant, due_at: Option<Instant>) {
        let changed = self.changed.notified();
        // Only what changes from here on is told.
        if self.due_at(full_since) != due_at {
            return;
        }
        match due_at {
            None => changed.await,
            Some(due_at) => tokio::select! {
                () = changed => {}
                () = sleep_until(due_at) => {}
            },
        }
    }
}
