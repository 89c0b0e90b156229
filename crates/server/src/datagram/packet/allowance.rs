//! How much a peer has earned: whoever forges a sender's address must not make us send more than he does.

use std::sync::atomic::{AtomicU64, Ordering};

/// The bytes that may still be sent to a peer.
#[derive(Debug)]
pub(crate) struct Allowance {
    left: AtomicU64,
    ratio: u32,
}

impl Allowance {
    /// For a peer that has sent nothing yet, and may be sent `ratio` bytes for each of its own.
    pub(crate) const fn new(ratio: u32) -> Self {
        Self { left: AtomicU64::new(0), ratio }
    }

    pub(crate) fn earn(&self, received: usize) {
        let earned = (received as u64).saturating_mul(u64::from(self.ratio));
        let add = |left: u64| Some(left.saturating_add(earned));
        let _ = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Whether so many may be sent; then they are spent.
    pub(crate) fn spend(&self, bytes: usize) -> bool {
        let take = |left: u64| left.checked_sub(bytes as u64);
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Allowance;

    #[test]
    fn no_more_is_spent_than_was_earned() {
        let allowance = Allowance::new(3);
        assert!(allowance.spend(0));
        assert!(!allowance.spend(1));
        allowance.earn(100);
        assert!(allowance.spend(200));
        assert!(!allowance.spend(101));
        assert!(allowance.spend(100));
        assert!(!allowance.spend(1));
    }
}
