//! Whether a client is still there.

use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use tokio::time::Instant;

use crate::websocket::wire::Tally;

/// What is to be done about a client that is silent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Due {
    Ping,
    GiveUp,
}

/// When something was heard last, and what has been asked since. Looked at when there is nothing else to do; so the time is
/// asked once for a wait, and a timer set once for an interval.
#[derive(Debug)]
pub(super) struct Pulse {
    terms: Option<(Duration, Duration)>,
    heard: Instant,
    asked: Option<Instant>,
    /// Since when the client has taken nothing, though there is something for it.
    stuck: Option<Instant>,
    alarm: Option<Alarm>,
}

impl Pulse {
    pub(super) fn new(terms: Option<(Duration, Duration)>) -> Self {
        Self { terms, heard: Instant::now(), asked: None, stuck: None, alarm: None }
    }

    pub(super) fn poll_due(&mut self, tally: &mut Tally, context: &mut Context<'_>) -> Poll<Due> {
        let Some((interval, limit)) = self.terms else { return Poll::Pending };
        let now = Instant::now();
        if std::mem::take(&mut tally.heard) {
            (self.heard, self.asked) = (now, None);
        }
        let wrote = std::mem::take(&mut tally.wrote);
        if !tally.blocked {
            if self.stuck.take().is_some() && self.asked.is_some() {
                // The ping has been behind what was stuck.
                self.asked = Some(now);
            }
        } else if wrote || self.stuck.is_none() {
            self.stuck = Some(now);
        }
        let due = match (self.stuck, self.asked) {
            (Some(since), _) => since + interval + limit,
            (None, Some(asked)) => asked + limit,
            (None, None) => self.heard + interval,
        };
        if now < due {
            Alarm::ring_at(&mut self.alarm, due, context);
            return Poll::Pending;
        }
        if self.stuck.is_some() || self.asked.is_some() {
            return Poll::Ready(Due::GiveUp);
        }
        self.asked = Some(now);
        Poll::Ready(Due::Ping)
    }

    /// Wakes the task of `context` at `due`. Whether that has come.
    pub(super) fn poll_deadline(&mut self, due: Instant, context: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= due {
            return Poll::Ready(());
        }
        Alarm::ring_at(&mut self.alarm, due, context);
        Poll::Pending
    }
}
