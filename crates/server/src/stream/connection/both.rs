//! A waker for two that wait for the same.

use std::sync::Arc;
use std::task::{Wake, Waker};

/// An io remembers one waker for writing. Where two wait for it, both are woken.
pub(super) struct Both([Waker; 2]);

impl Both {
    pub(super) fn of(one: &Waker, other: &Waker) -> Waker {
        Waker::from(Arc::new(Self([one.clone(), other.clone()])))
    }
}

impl Wake for Both {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.iter().for_each(Waker::wake_by_ref);
    }
}

#[cfg(test)]
mod tests {
    use greenroom_testkit::CountingWaker;

    use super::Both;

    #[test]
    fn both_are_woken() {
        let (one, other) = (CountingWaker::new(), CountingWaker::new());
        let both = Both::of(&one.waker(), &other.waker());
        both.wake_by_ref();
        both.wake();
        assert_eq!((one.count(), other.count()), (2, 2));
    }
}
