//! When to write a repeated complaint to the log: at once, then one line every ten seconds. No clock of its own.

use std::time::Duration;

use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(10);

/// Decides for one kind of complaint.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    last: Option<Instant>,
    held_back: u64,
}

impl Digest {
    /// Whether to write this one, and how many were held back since the last that was written.
    pub(crate) fn note(&mut self, now: Instant) -> Option<u64> {
        if self.last.is_some_and(|last| now.duration_since(last) < EVERY) {
            self.held_back += 1;
            return None;
        }
        self.last = Some(now);
        Some(std::mem::take(&mut self.held_back))
    }

    /// How many were held back and will not be told by another.
    pub(crate) fn rest(&mut self) -> u64 {
        std::mem::take(&mut self.held_back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_rest_in_summaries() {
        let start = Instant::now();
        let mut digest = Digest::default();
        let mut told = Vec::new();
        for second in 0..25 {
            if let Some(held_back) = digest.note(start + Duration::from_secs(second)) {
                told.push((second, held_back));
            }
        }
        assert_eq!(told, [(0, 0), (10, 9), (20, 9)]);
        assert_eq!(digest.rest(), 4);
        assert_eq!(digest.rest(), 0);
    }
}
