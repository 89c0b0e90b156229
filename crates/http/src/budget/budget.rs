//! What costs us work and carries nothing: pings, settings, resets. Some of it is everybody's right.

use std::time::Duration;

use tokio::time::Instant;

/// So many at once, and a tenth of them, but at least one, more each second.
#[derive(Debug)]
pub(crate) struct Budget {
    most: u32,
    left: u32,
    /// Up to when it has been filled up; `None` while it is full.
    filled: Option<Instant>,
}

impl Budget {
    pub(crate) const fn new(most: u32) -> Self {
        Self { most, left: most, filled: None }
    }

    /// Whether so many more may come.
    pub(crate) fn spend(&mut self, n: u32) -> bool {
        let now = Instant::now();
        let filled = *self.filled.get_or_insert(now);
        let each = Duration::from_secs(1) / (self.most / 10).max(1);
        let earned = (now - filled).as_nanos() / each.as_nanos().max(1);
        if earned >= u128::from(self.most - self.left) {
            (self.left, self.filled) = (self.most, Some(now));
        } else if earned > 0 {
            // Less than `most`, which is a u32.
            self.left += earned as u32;
            self.filled = Some(filled + each * earned as u32);
        }
        let left = self.left.checked_sub(n);
        self.left = left.unwrap_or(0);
        left.is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Budget;

    #[tokio::test(start_paused = true)]
    async fn it_is_spent_and_fills_up_again() {
        let mut budget = Budget::new(100);
        assert_eq!((0..200).filter(|_| budget.spend(1)).count(), 100);
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!((0..200).filter(|_| budget.spend(1)).count(), 10);
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!((0..200).filter(|_| budget.spend(1)).count(), 100);
    }

    #[tokio::test(start_paused = true)]
    async fn more_than_is_left_is_refused_and_takes_what_is_left() {
        let mut budget = Budget::new(10);
        assert!(budget.spend(7));
        assert!(!budget.spend(4));
        assert!(!budget.spend(1));
    }

    #[tokio::test(start_paused = true)]
    async fn who_keeps_to_it_is_never_cut_off() {
        let mut budget = Budget::new(10);
        for _ in 0..1000 {
            assert!(budget.spend(1));
            tokio::time::advance(Duration::from_secs(1)).await;
        }
    }
}
