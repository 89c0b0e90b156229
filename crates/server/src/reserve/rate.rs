//! So many in a second, and no more in any second.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// When it happened, in the last second.
#[derive(Debug)]
pub(super) struct Rate(VecDeque<Instant>);

impl Rate {
    pub(super) const fn new() -> Self {
        Self(VecDeque::new())
    }

    /// Notes that it happens now, if it has not happened `most` times in the second before.
    pub(super) fn allows(&mut self, most: u32, now: Instant) -> bool {
        // Runtimes whose clocks are paused live at times of their own: what is yet to come for one is not its second either.
        self.0.retain(|then| *then <= now && now.duration_since(*then) < SECOND);
        let allowed = self.0.len() < most as usize;
        if allowed {
            self.0.push_back(now);
        }
        allowed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_second_has_more_than_allowed_wherever_it_begins() {
        let start = Instant::now();
        let mut rate = Rate::new();
        let times: Vec<_> =
            (0..4000_u64).filter(|millis| rate.allows(100, start + Duration::from_millis(*millis))).collect();
        assert_eq!(times.len(), 400);
        for window in times.windows(101) {
            assert!(window[100] - window[0] >= 1000, "{window:?}");
        }
    }

    #[test]
    fn nothing_allowed_is_nothing_kept() {
        let mut rate = Rate::new();
        assert!(!rate.allows(0, Instant::now()));
        assert!(rate.0.is_empty());
    }
}
