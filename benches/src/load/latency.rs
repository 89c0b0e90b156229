//! How long operations took: a bucket for each microsecond, the last for all that is longer.

use std::time::Duration;

/// What is told of a run, in thousandths.
pub const QUANTILES: [u32; 11] = [10, 50, 100, 250, 500, 750, 900, 950, 990, 995, 999];

const BUCKETS: usize = 1 << 20;

pub struct Latency {
    buckets: Vec<u32>,
    count: u64,
}

impl Latency {
    pub fn new() -> Self {
        Self { buckets: vec![0; BUCKETS], count: 0 }
    }

    pub fn note(&mut self, took: Duration) {
        self.buckets[(took.as_micros() as usize).min(BUCKETS - 1)] += 1;
        self.count += 1;
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// Microseconds below which this share of the operations took; not a number if there was none, so that a server that
    /// answers nobody is not taken for a quick one.
    pub fn quantile(&self, share: f64) -> f64 {
        let mut left = (self.count as f64 * share) as u64;
        for (took, &count) in self.buckets.iter().enumerate() {
            if left < u64::from(count) {
                return took as f64;
            }
            left -= u64::from(count);
        }
        f64::NAN
    }
}
