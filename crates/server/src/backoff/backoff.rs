//! Failures in, delay out.

use std::time::Duration;

use crate::backoff::jitter::Jitter;

/// Delays that double with every failure, from a minimum to a maximum, and start anew after a success.
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

    /// How far a delay may stray, as a part of itself from 0.0 to 1.0. Default: 0.2.
    #[must_use]
    pub const fn jitter(mut self, part: f64) -> Self {
        self.spread = part.clamp(0.0, 1.0);
        self
    }

    /// Notes a failure: how long to wait now.
    pub fn failed(&mut self) -> Duration {
        let plain = self.next.unwrap_or(self.min);
        self.next = Some(plain.saturating_mul(2).min(self.max).max(self.min));
        let factor = 1.0 + self.spread * self.jitter.next();
        Duration::try_from_secs_f64(plain.as_secs_f64() * factor).unwrap_or(plain)
    }

    /// Notes a success: the next failure waits the minimum again.
    pub const fn succeeded(&mut self) {
        self.next = None;
    }
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
