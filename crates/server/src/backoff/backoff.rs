//! Failures in, delay out.

use std::time::Duration;

use crate::backoff::jitter::Jitter;

/// Delays that grow with every failure, doubling unless told otherwise, from a minimum to a maximum, and start anew after a success.
///
/// A plain value: it owns no timer and no clock. The same seed gives the same delays. Accept loops use one per listener;
/// it serves as well for a client that reconnects.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::Backoff;
///
/// let mut backoff = Backoff::new(7).jitter(0.0);
/// assert_eq!(backoff.failed(), Duration::from_millis(10));
/// assert_eq!(backoff.failed(), Duration::from_millis(20));
/// backoff.succeeded();
/// assert_eq!(backoff.failed(), Duration::from_millis(10));
/// ```
#[doc(alias = "min_delay")]
#[doc(alias = "max_delay")]
#[derive(Debug, Clone)]
pub struct Backoff {
    min: Duration,
    max: Duration,
    factor: f64,
    spread: f64,
    /// The next delay before jitter; `None` after a success.
    next: Option<Duration>,
    jitter: Jitter,
}

impl Backoff {
    /// Delays from 10 ms to 1 s, each up to a fifth longer or shorter, drawn from `seed`.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self {
            min: Duration::from_millis(10),
            max: Duration::from_secs(1),
            factor: 2.0,
            spread: 0.2,
            next: None,
            jitter: Jitter::new(seed),
        }
    }

    /// The first delay. Default: 10 ms.
    #[must_use]
    pub const fn min(mut self, delay: Duration) -> Self {
        self.min = delay;
        self
    }

    /// The longest delay, before jitter. Default: 1 s. A maximum below the minimum counts as the minimum.
    #[must_use]
    pub const fn max(mut self, delay: Duration) -> Self {
        self.max = delay;
        self
    }

    /// How many times as long as the one before a delay is. Default: 2.0. Less than 1.0 counts as 1.0, which keeps the first delay.
    #[must_use]
    pub const fn factor(mut self, factor: f64) -> Self {
        // Not `max`: what is no number must not count as large.
        self.factor = if factor >= 1.0 { factor } else { 1.0 };
        self
    }

    /// How far a delay may stray, as a part of itself from 0.0 to 1.0. Default: 0.2.
    #[must_use]
    pub const fn jitter(mut self, part: f64) -> Self {
        self.spread = part.clamp(0.0, 1.0);
        self
    }

    /// Notes a failure: how long to wait now.
    pub fn failed(&mut self) -> Duration {
        let plain = self.next.unwrap_or(self.min);
        // What does not fit into a duration is beyond the maximum.
        let longer = times(plain, self.factor).unwrap_or(self.max);
        self.next = Some(longer.min(self.max).max(self.min));
        times(plain, 1.0 + self.spread * self.jitter.next()).unwrap_or(plain)
    }

    /// Notes a success: the next failure waits the minimum again.
    pub const fn succeeded(&mut self) {
        self.next = None;
    }
}

fn times(delay: Duration, factor: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(delay.as_secs_f64() * factor).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn millis(backoff: &mut Backoff, n: usize) -> Vec<u64> {
        (0..n).map(|_| backoff.failed().as_millis() as u64).collect()
    }

    #[test]
    fn delays_double_from_the_minimum_to_the_maximum() {
        let table: [(Backoff, &[u64]); 4] = [
            (Backoff::new(1), &[10, 20, 40, 80, 160, 320, 640, 1000, 1000]),
            (Backoff::new(1).min(Duration::from_millis(300)), &[300, 600, 1000, 1000]),
            (Backoff::new(1).max(Duration::from_millis(15)), &[10, 15, 15]),
            (Backoff::new(1).min(Duration::from_millis(50)).max(Duration::from_millis(20)), &[50, 50]),
        ];
        for (backoff, expected) in table {
            assert_eq!(millis(&mut backoff.jitter(0.0), expected.len()), expected);
        }
    }

    #[test]
    fn the_factor_decides_how_fast_delays_grow() {
        let table: [(f64, &[u64]); 7] = [
            (3.0, &[10, 30, 90, 270, 810, 1000, 1000]),
            (1.5, &[10, 15, 22, 33, 50]),
            (1.0, &[10, 10, 10]),
            (0.5, &[10, 10, 10]),
            (f64::NAN, &[10, 10, 10]),
            (f64::INFINITY, &[10, 1000, 1000]),
            (-2.0, &[10, 10]),
        ];
        for (factor, expected) in table {
            let mut backoff = Backoff::new(1).factor(factor).jitter(0.0);
            assert_eq!(millis(&mut backoff, expected.len()), expected, "factor {factor}");
        }
    }

    #[test]
    fn delays_of_nothing_and_of_for_ever_are_delays() {
        let mut none = Backoff::new(1).min(Duration::ZERO).jitter(1.0);
        assert_eq!(millis(&mut none, 3), [0, 0, 0]);
        let mut endless = Backoff::new(1).min(Duration::MAX).max(Duration::MAX).jitter(0.0);
        assert_eq!((endless.failed(), endless.failed()), (Duration::MAX, Duration::MAX));
    }

    #[test]
    fn a_success_starts_anew() {
        let mut backoff = Backoff::new(1).jitter(0.0);
        assert_eq!(millis(&mut backoff, 4), [10, 20, 40, 80]);
        backoff.succeeded();
        assert_eq!(millis(&mut backoff, 2), [10, 20]);
    }

    #[test]
    fn jitter_stays_within_a_fifth_and_uses_the_room() {
        let (mut least, mut most) = (f64::MAX, f64::MIN);
        for seed in 0..2000 {
            let delay = Backoff::new(seed).failed().as_secs_f64() / 0.010;
            (least, most) = (least.min(delay), most.max(delay));
        }
        assert!((0.8..0.83).contains(&least), "{least}");
        assert!((1.17..=1.2).contains(&most), "{most}");
    }

    #[test]
    fn the_same_seed_gives_the_same_delays() {
        let mut one = Backoff::new(42);
        let mut two = Backoff::new(42);
        let mut other = Backoff::new(43);
        let delays = |backoff: &mut Backoff| (0..9).map(|_| backoff.failed()).collect::<Vec<_>>();
        assert_eq!(delays(&mut one), delays(&mut two));
        assert_ne!(delays(&mut one), delays(&mut other));
    }
}
