//! The deadlines of one connection, between its requests.
//!
//! They are looked at when its task has nothing left to do. What happened since then is told by counters, so a request that is
//! answered at once costs one reading of the clock, and no timer is set but the first.

use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use tokio::time::Instant;

use crate::life::Life;
use crate::settings::Http;

#[derive(Debug)]
pub(crate) struct Clock {
    wait: Wait,
    /// Requests that had begun when it was last looked at.
    begun: u32,
    /// When the connection takes no more requests.
    old_at: Option<Instant>,
    alarm: Option<Alarm>,
}

/// What the connection waits for, and until when.
#[derive(Debug, Clone, Copy)]
enum Wait {
    /// Nothing yet, or part of the first head.
    First(Instant),
    /// The next request.
    Idle(Instant),
    /// The rest of a head.
    Head(Instant),
    /// Those who work for it, or the client to take what they have done.
    Busy,
}

/// What a connection is late with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// A request, or its head.
    Head,
    /// It has been idle for long enough.
    Idle,
}

impl Clock {
    /// Of a connection that begins now.
    pub(crate) fn new(http: &Http, life: &Life) -> Self {
        let now = Instant::now();
        let old_at = http.max_age.map(|age| now + jittered(age, life.facts.id.as_u64()));
        Self { wait: Wait::First(now + http.head_deadline), begun: 0, old_at, alarm: None }
    }

    /// Whether the connection is as old as it may get.
    pub(crate) fn is_old(&self) -> bool {
        self.old_at.is_some_and(|at| at <= Instant::now())
    }

    /// It is old, and has been told.
    pub(crate) const fn forget_age(&mut self) {
        self.old_at = None;
    }

    /// The connection waits: ready when it has done so for too long. Its task is woken when that, or its age, is due.
    pub(crate) fn poll_waiting(
        &mut self,
        http: &Http,
        life: &Life,
        context: &mut Context<'_>,
    ) -> Poll<Overdue> {
        let begun = life.begun();
        let served = begun != std::mem::replace(&mut self.begun, begun);
        let wrote = life.take_wrote();
        self.wait = if life.is_busy() || life.is_answering() {
            Wait::Busy
        } else {
            match (self.wait, life.has_part_of_head()) {
                (Wait::First(due), _) if !served => Wait::First(due),
                (Wait::Head(due), true) if !served => Wait::Head(due),
                (Wait::Idle(due), false) if !served && !wrote => Wait::Idle(due),
                (_, true) => Wait::Head(Instant::now() + http.head_deadline),
                (_, false) => Wait::Idle(Instant::now() + http.keep_alive),
            }
        };
        let due = match self.wait {
            Wait::First(due) | Wait::Idle(due) | Wait::Head(due) => Some(due),
            Wait::Busy => None,
        };
        let Some(next) = due.into_iter().chain(self.old_at).min() else { return Poll::Pending };
        // Only when the alarm may have rung is it worth to look at the time.
        if Alarm::has_rung(&self.alarm) && due.is_some_and(|due| due <= Instant::now()) {
            return Poll::Ready(if let Wait::Idle(_) = self.wait { Overdue::Idle } else { Overdue::Head });
        }
        Alarm::ring_at(&mut self.alarm, next, context);
        Poll::Pending
    }
}

/// Give or take a tenth: connections that began together do not end together.
fn jittered(value: Duration, seed: u64) -> Duration {
    value.mul_f64(spread(seed))
}

/// From 0.9 to 1.1, the same for the same seed.
pub(crate) fn spread(seed: u64) -> f64 {
    // The finalizer of splitmix64 makes neighbours differ.
    let mut mixed = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    0.9 + 0.2 * ((mixed >> 11) as f64 / (1_u64 << 53) as f64)
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn neighbours_are_spread_over_a_tenth_to_either_side() {
        let all: Vec<f64> = (1..1000).map(spread).collect();
        assert!(all.iter().all(|it| (0.9..1.1).contains(it)));
        assert!(all.iter().any(|it| *it < 0.92) && all.iter().any(|it| *it > 1.08));
    }
}
