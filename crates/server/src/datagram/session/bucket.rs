//! How many may begin in a short time. No clock of its own.

use std::time::Duration;

use tokio::time::Instant;

/// A bucket of tokens that fills at a steady rate, up to what it would gain in a second.
#[derive(Debug)]
pub(super) struct Bucket {
    per_second: u32,
    level: f64,
    filled: Option<Instant>,
}

impl Bucket {
    /// A full one.
    pub(super) fn new(per_second: u32) -> Self {
        Self { per_second, level: f64::from(per_second), filled: None }
    }

    /// Takes a token, if there is one.
    pub(super) fn take(&mut self, now: Instant) -> bool {
        let passed = self.filled.map_or(Duration::ZERO, |filled| now.saturating_duration_since(filled));
        self.filled = Some(now);
        let rate = f64::from(self.per_second);
        self.level = passed.as_secs_f64().mul_add(rate, self.level).min(rate);
        let there_is = self.level >= 1.0;
        if there_is {
            self.level -= 1.0;
        }
        there_is
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(bucket: &mut Bucket, tries: usize, now: Instant) -> usize {
        (0..tries).filter(|_| bucket.take(now)).count()
    }

    #[test]
    fn a_second_s_worth_at_once_and_then_the_rate() {
        let start = Instant::now();
        let mut bucket = Bucket::new(10);
        assert_eq!(taken(&mut bucket, 50, start), 10);
        assert_eq!(taken(&mut bucket, 50, start + Duration::from_millis(500)), 5);
        assert_eq!(taken(&mut bucket, 50, start + Duration::from_secs(100)), 10);
    }

    #[test]
    fn at_a_rate_of_nothing_nobody_begins() {
        assert_eq!(taken(&mut Bucket::new(0), 5, Instant::now()), 0);
    }
}
