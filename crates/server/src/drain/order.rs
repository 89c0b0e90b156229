//! The word to stop.

use std::time::Duration;

use tokio::time::Instant;

use crate::drain::graces::Graces;

/// Far enough not to come, near enough to be a time.
const NEVER: Duration = Duration::from_secs(86_400 * 365);

/// When what is due. Times are only ever brought forward.
#[derive(Debug, Clone, Copy)]
pub(super) struct Order {
    pub(super) since: Instant,
    /// The listeners close.
    pub(super) close_at: Instant,
    pub(super) kill_at: Instant,
}

impl Order {
    pub(super) fn new(now: Instant, graces: &Graces, grace: Duration) -> Self {
        let kill_at = after(now, grace);
        Self { since: now, close_at: after(now, graces.lame_duck).min(kill_at), kill_at }
    }

    pub(super) fn hurry(&mut self, now: Instant, grace: Duration) {
        self.kill_at = self.kill_at.min(after(now, grace));
        self.close_at = self.close_at.min(self.kill_at);
    }
}

fn after(now: Instant, duration: Duration) -> Instant {
    now.checked_add(duration.min(NEVER)).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_lame_duck_is_part_of_the_grace_and_never_longer() {
        let now = Instant::now();
        let graces = Graces { lame_duck: 5 * SECOND, ..Graces::default() };
        let mut order = Order::new(now, &graces, 25 * SECOND);
        assert_eq!((order.close_at - now, order.kill_at - now), (5 * SECOND, 25 * SECOND));
        order.hurry(now, 100 * SECOND);
        assert_eq!((order.close_at - now, order.kill_at - now), (5 * SECOND, 25 * SECOND));
        order.hurry(now, 2 * SECOND);
        assert_eq!((order.close_at - now, order.kill_at - now), (2 * SECOND, 2 * SECOND));
    }

    #[test]
    fn a_grace_beyond_the_end_of_time_is_a_time() {
        let now = Instant::now();
        assert!(Order::new(now, &Graces::default(), Duration::MAX).kill_at > now);
    }
}
