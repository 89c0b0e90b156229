//! The deadlines of one connection, while it runs.
//!
//! Invariants:
//! 1. `waiting_since` and `blocked_since` are the beginning of the present wait; whatever comes or goes ends it.
//! 2. An alarm is never later than the earliest deadline that it watches. It may be earlier: then it is set anew.

use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use tokio::time::Instant;

use crate::deadline::{Deadline, DeadlineError, Deadlines};

pub(crate) struct Watch {
    deadlines: Deadlines,
    opened: Instant,
    /// Something has come.
    heard: bool,
    waiting_since: Option<Instant>,
    request_since: Option<Instant>,
    blocked_since: Option<Instant>,
    reading: Option<Alarm>,
    writing: Option<Alarm>,
}

impl Watch {
    /// A connection opened now. `None` where there is nothing to watch.
    pub(crate) fn over(deadlines: Deadlines) -> Option<Box<Self>> {
        deadlines.any().then(|| {
            Box::new(Self {
                deadlines,
                opened: Instant::now(),
                heard: false,
                waiting_since: None,
                request_since: None,
                blocked_since: None,
                reading: None,
                writing: None,
            })
        })
    }

    /// Holds it to others from now on; its age stays.
    pub(crate) fn change(&mut self, deadlines: Deadlines) {
        self.deadlines = deadlines;
        // Set anew at the next wait.
        (self.reading, self.writing) = (None, None);
    }

    /// Bytes came.
    pub(crate) const fn heard(&mut self) {
        self.heard = true;
        self.waiting_since = None;
    }

    /// Bytes went. A reader that waits meanwhile begins to wait anew, and not only when its alarm rings.
    pub(crate) fn sent(&mut self) {
        if let Some(since) = &mut self.waiting_since {
            *since = Instant::now();
        }
        self.blocked_since = None;
    }

    /// A request is whole.
    pub(crate) const fn whole(&mut self) {
        self.request_since = None;
    }

    /// It waits for input. `begun`: part of a request is there. Ready when a deadline has passed.
    pub(crate) fn poll_waiting(&mut self, begun: bool, context: &mut Context<'_>) -> Poll<DeadlineError> {
        if !self.deadlines.any_of_waiting() {
            return Poll::Pending;
        }
        let now = Instant::now();
        let waiting_since = *self.waiting_since.get_or_insert(now);
        if begun {
            self.request_since.get_or_insert(now);
        }
        let first_byte = self.deadlines.first_byte.filter(|_| !self.heard);
        let request = self.deadlines.request.zip(self.request_since);
        let running = [
            first_byte.map(|limit| (self.opened, limit, Deadline::FirstByte)),
            self.deadlines.idle.map(|limit| (waiting_since, limit, Deadline::Idle)),
            request.map(|(limit, since)| (since, limit, Deadline::Request)),
            self.deadlines.connection.map(|limit| (self.opened, limit, Deadline::Connection)),
        ];
        poll(running, now, &mut self.reading, context)
    }

    /// It waits for the peer to take what is written. Ready when a deadline has passed.
    pub(crate) fn poll_blocked(&mut self, context: &mut Context<'_>) -> Poll<DeadlineError> {
        let now = Instant::now();
        let blocked_since = *self.blocked_since.get_or_insert(now);
        let running = [
            self.deadlines.write.map(|limit| (blocked_since, limit, Deadline::Write)),
            self.deadlines.connection.map(|limit| (self.opened, limit, Deadline::Connection)),
        ];
        poll(running, now, &mut self.writing, context)
    }
}

/// The one that passes first has passed, or its alarm is set.
fn poll<const N: usize>(
    running: [Option<(Instant, Duration, Deadline)>; N],
    now: Instant,
    alarm: &mut Option<Alarm>,
    context: &mut Context<'_>,
) -> Poll<DeadlineError> {
    // One beyond the end of time never passes.
    let due = |(since, limit, which): (Instant, Duration, Deadline)| {
        since.checked_add(limit).map(|due| (due, limit, which))
    };
    let Some((due, limit, which)) =
        running.into_iter().flatten().filter_map(due).min_by_key(|(due, ..)| *due)
    else {
        return Poll::Pending;
    };
    if now >= due {
        return Poll::Ready(DeadlineError::new(which, limit));
    }
    Alarm::ring_at(alarm, due, context);
    Poll::Pending
}
