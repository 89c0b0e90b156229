//! The next item, out of the store for as long as it is looked at.

use crate::queue::queue::Queue;
use crate::queue::state::State;
use crate::queue::store::Lent;
use crate::sync::MutexGuard;

/// Brings the item back to its place when dropped, so that a `Clone` that panics loses nothing.
pub(super) struct Loan<'a, T> {
    queue: &'a Queue<T>,
    lent: Option<Lent<T>>,
}

impl<'a, T> Loan<'a, T> {
    /// Takes the loan and unlocks; the caller's turn has come under this lock.
    pub(super) fn take(queue: &'a Queue<T>, mut state: MutexGuard<'_, State<T>>) -> Self {
        let lent = state.lend();
        drop(state);
        Self { queue, lent }
    }

    pub(super) fn item(&self) -> Option<&T> {
        self.lent.as_ref().map(Lent::item)
    }
}

impl<T> Drop for Loan<'_, T> {
    fn drop(&mut self) {
        if let Some(lent) = self.lent.take() {
            let mut state = self.queue.lock();
            let (wakes, dead) = state.give_back(lent);
            drop(state);
            drop(dead);
            wakes.wake();
        }
    }
}
