//! The level, and waiting for it to change.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

/// On or off. Only the last word counts: who looks late never sees what was taken back.
#[derive(Debug, Default)]
pub(crate) struct Pause {
    on: AtomicBool,
    changed: Notify,
}

impl Pause {
    pub(crate) fn set(&self, on: bool) {
        if self.on.swap(on, Ordering::SeqCst) != on {
            self.changed.notify_waiters();
        }
    }

    pub(crate) fn is_on(&self) -> bool {
        self.on.load(Ordering::SeqCst)
    }

    /// Resolves when there is a pause.
    pub(crate) async fn begun(&self) {
        self.until(true).await;
    }

    /// Resolves when there is none.
    pub(crate) async fn lifted(&self) {
        self.until(false).await;
    }

    /// Resolves when the level changes after this call, also if the change is taken back before anybody looks.
    pub(crate) fn touched(&self) -> Notified<'_> {
        self.changed.notified()
    }

    async fn until(&self, on: bool) {
        loop {
            // Before looking: what changes from here on is told to this one.
            let changed = self.changed.notified();
            if self.is_on() == on {
                return;
            }
            changed.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Pause;
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    #[test]
    fn both_edges_are_heard_and_repeating_oneself_changes_nothing() {
        let context = &mut Context::from_waker(Waker::noop());
        let pause = Pause::default();
        let mut begun = pin!(pause.begun());
        assert!(begun.as_mut().poll(context).is_pending());
        pause.set(false);
        assert!(begun.as_mut().poll(context).is_pending());
        pause.set(true);
        assert!(begun.as_mut().poll(context).is_ready());

        let mut lifted = pin!(pause.lifted());
        assert!(lifted.as_mut().poll(context).is_pending());
        pause.set(true);
        assert!(lifted.as_mut().poll(context).is_pending());
        pause.set(false);
        assert!(lifted.as_mut().poll(context).is_ready());
    }

    #[test]
    fn what_was_taken_back_before_anybody_looked_never_was() {
        let context = &mut Context::from_waker(Waker::noop());
        let pause = Pause::default();
        let mut begun = pin!(pause.begun());
        assert!(begun.as_mut().poll(context).is_pending());
        pause.set(true);
        pause.set(false);
        assert!(begun.as_mut().poll(context).is_pending());
        pause.set(true);
        assert!(begun.as_mut().poll(context).is_ready());
    }

    #[test]
    fn a_touch_is_felt_even_if_it_was_taken_back() {
        let context = &mut Context::from_waker(Waker::noop());
        let pause = Pause::default();
        let mut touched = pin!(pause.touched());
        // Before the first poll: what came since the call counts.
        pause.set(true);
        pause.set(false);
        assert!(touched.as_mut().poll(context).is_ready());
        let mut untouched = pin!(pause.touched());
        pause.set(false);
        assert!(untouched.as_mut().poll(context).is_pending());
    }
}
