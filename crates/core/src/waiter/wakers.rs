//! Wakers on their way out of a lock.

use std::task::Waker;

use super::Waiters;

/// The wakers of those just served, in their order: filled under the lock, woken after it.
///
/// One is kept in place, since one is the usual number; more of them go to the heap.
#[derive(Debug, Default)]
#[must_use = "whoever was served has to be woken"]
pub(crate) struct Wakers {
    first: Option<Waker>,
    rest: Vec<Waker>,
}

impl Wakers {
    /// Serves the whole line.
    pub(crate) fn of_all(line: &mut Waiters) -> Self {
        let mut wakers = Self::default();
        while let Some((waker, ())) = line.serve() {
            wakers.push(waker);
        }
        wakers
    }

    pub(crate) fn push(&mut self, waker: Waker) {
        match self.first {
            None => self.first = Some(waker),
            Some(_) => self.rest.push(waker),
        }
    }

    /// Wakes them, the longest waiting first. Not under a lock.
    pub(crate) fn wake(self) {
        self.first.into_iter().chain(self.rest).for_each(Waker::wake);
    }
}
