//! Wakers gathered under the lock, to be woken after it.

use std::task::Waker;

/// Whom to wake once the lock is released. One change rarely concerns more than a putter and a getter, so two wait
/// in place.
#[derive(Debug, Default)]
#[must_use = "those gathered here wait until `wake` is called"]
pub(super) struct Wakes {
    first: Option<Waker>,
    second: Option<Waker>,
    more: Vec<Waker>,
}

impl Wakes {
    #[inline]
    pub(super) fn add(&mut self, waker: Waker) {
        if self.first.is_none() {
            self.first = Some(waker);
        } else if self.second.is_none() {
            self.second = Some(waker);
        } else {
            self.more.push(waker);
        }
    }

    pub(super) fn add_all(&mut self, wakers: impl IntoIterator<Item = Waker>) {
        for waker in wakers {
            self.add(waker);
        }
    }

    /// Wakes everybody, in the order gathered. The lock must be free.
    #[inline]
    pub(super) fn wake(self) {
        for waker in self.first.into_iter().chain(self.second).chain(self.more) {
            waker.wake();
        }
    }
}
