//! When to write a repeated complaint to the log: at once, then in one line every ten seconds. No clock of its own.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::mem;
use std::time::Duration;

use tokio::time::Instant;

const EVERY: Duration = Duration::from_secs(10);

/// Decides for one listener.
#[derive(Debug, Default)]
pub(crate) struct Digest {
    last: Option<Instant>,
    held_back: Summary,
}

/// How often each error was held back, by its number; those without a number are under 0.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary(BTreeMap<i32, u64>);

impl Digest {
    /// Whether to write this one. If not, it is in the next summary.
    pub(crate) fn note(&mut self, number: i32, now: Instant) -> bool {
        let at_once = self.held_back.0.is_empty() && self.last.is_none_or(|last| now >= last + EVERY);
        if at_once {
            self.last = Some(now);
        } else {
            *self.held_back.0.entry(number).or_default() += 1;
        }
        at_once
    }

    /// When there is a summary to write. `None`: nothing was held back.
    pub(crate) fn due(&self) -> Option<Instant> {
        self.last.filter(|_| !self.held_back.0.is_empty()).map(|last| last + EVERY)
    }

    /// The summary, if it is time for it.
    pub(crate) fn summary(&mut self, now: Instant) -> Option<Summary> {
        self.due().filter(|due| *due <= now)?;
        self.last = Some(now);
        Some(mem::take(&mut self.held_back))
    }

    /// What would be told by no other.
    pub(crate) fn rest(&mut self) -> Option<Summary> {
        self.due().map(|_| mem::take(&mut self.held_back))
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (number, times)) in self.0.iter().enumerate() {
            f.write_str(if n == 0 { "" } else { ", " })?;
            match number {
                0 => write!(f, "{times} without a number")?,
                _ => write!(f, "{times} x {}", io::Error::from_raw_os_error(*number))?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_is_told_at_once_and_the_rest_in_summaries_with_their_numbers() {
        let start = Instant::now();
        let mut digest = Digest::default();
        let (mut at_once, mut summaries) = (Vec::new(), Vec::new());
        for second in 0..25 {
            let now = start + Duration::from_secs(second);
            if let Some(summary) = digest.summary(now) {
                summaries.push((second, summary));
            }
            if digest.note(if second % 2 == 0 { 24 } else { 12 }, now) {
                at_once.push(second);
            }
        }
        let summary = |twelve, twenty_four| Summary([(12, twelve), (24, twenty_four)].into());
        assert_eq!(at_once, [0]);
        assert_eq!(summaries, [(10, summary(5, 4)), (20, summary(5, 5))]);
        assert_eq!(digest.rest(), Some(summary(2, 3)));
        assert_eq!(digest.rest(), None);
        assert!(digest.note(24, start + Duration::from_secs(30)), "after ten quiet seconds the next is news");
    }

    #[test]
    fn a_summary_is_due_only_when_something_was_held_back() {
        let start = Instant::now();
        let mut digest = Digest::default();
        assert_eq!(digest.due(), None);
        assert!(digest.note(1, start));
        assert_eq!(digest.due(), None);
        assert!(!digest.note(1, start));
        assert_eq!(digest.due(), Some(start + EVERY));
        assert_eq!(digest.summary(start + EVERY / 2), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_summary_is_one_line() {
        let summary = Summary([(0, 2), (libc::EMFILE, 93)].into()).to_string();
        assert!(summary.starts_with("2 without a number, 93 x "), "{summary}");
        assert!(summary.ends_with(&format!("(os error {})", libc::EMFILE)), "{summary}");
    }
}
