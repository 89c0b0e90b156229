//! The count of free permits and the line of those who want some: what both semaphores stand on.
//!
//! Invariants:
//! 1. The word holds the free permits, and in its lowest bit whether anybody is in the line. The bit changes under the
//!    line's lock only, and whenever that lock is free the bit says the truth.
//! 2. While the bit is clear, permits are taken and given back by one compare-exchange. While it is set, only the
//!    holder of the lock changes the word. So nobody overtakes the line, and nothing is given back unseen.
//! 3. Whenever the lock is free, the first of the line wants more than there is. Whoever changes that, by giving back
//!    or by leaving the line, serves until it holds again.
//! 4. Who is served owns its permits from that moment (hand-over): if it leaves without having looked, it gives them back.

use std::sync::Arc;
use std::task::{Context, Poll};

use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering};
use crate::waiter::{Ticket, Waiters, Wakers};

pub(super) struct Permits {
    word: AtomicUsize,
    line: Mutex<Waiters<Need>>,
    /// Taken by permits that were then forgotten: what a bounded semaphore may be given back by hand.
    forgotten: AtomicUsize,
    /// How many there were at first.
    initial: usize,
}

/// What one in the line waits for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need {
    /// Served when so many are free,
    least: usize,
    /// and then takes so many.
    take: usize,
}

/// The bit of the word that says that the line is not empty.
const QUEUED: usize = 1;
/// One permit, in the word.
const ONE: usize = 2;

impl Need {
    #[inline]
    pub(super) fn take(count: usize) -> Self {
        Self { least: count, take: count }
    }

    /// One free permit, not taken.
    pub(super) fn look() -> Self {
        Self { least: 1, take: 0 }
    }
}

impl Permits {
    pub(super) const MAX: usize = usize::MAX / ONE;

    pub(super) fn new(initial: usize) -> Arc<Self> {
        assert!(initial <= Self::MAX, "a semaphore holds at most {} permits, not {initial}", Self::MAX);
        Arc::new(Self {
            word: AtomicUsize::new(initial * ONE),
            line: Mutex::new(Waiters::new()),
            forgotten: AtomicUsize::new(0),
            initial,
        })
    }

    pub(super) fn initial(&self) -> usize {
        self.initial
    }

    pub(super) fn free(&self) -> usize {
        self.word.load(Ordering::Acquire) / ONE
    }

    /// Takes what is needed if it is there and nobody waits for it.
    #[inline]
    pub(super) fn try_take(&self, need: Need) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & QUEUED == 0 && word / ONE >= need.least {
            let less = word - need.take * ONE;
            match self.word.compare_exchange_weak(word, less, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => word = now,
            }
        }
        need.least == 0
    }

    /// Ready when what was needed has been taken; pending with a place in the line.
    #[inline]
    pub(super) fn poll_take(
        &self,
        need: Need,
        ticket: &mut Option<Ticket>,
        context: &mut Context<'_>,
    ) -> Poll<()> {
        if ticket.is_none() && self.try_take(need) {
            return Poll::Ready(());
        }
        self.poll_line(need, ticket, context)
    }

    /// Gives permits back, to those in the line first.
    #[inline]
    pub(super) fn give(&self, count: usize) {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & QUEUED == 0 {
            match self.word.compare_exchange_weak(
                word,
                grown(word, count),
                Ordering::AcqRel,
                Ordering::Relaxed,
            ) {
                Ok(_) => return,
                Err(now) => word = now,
            }
        }
        self.give_to_line(count);
    }

    /// Gives a place in the line back, with what it was served, if it was.
    pub(super) fn leave(&self, need: Need, ticket: Ticket) {
        let mut line = self.line.lock();
        let left = line.leave(ticket);
        if left.is_some() {
            // The next one may want less than the one who left.
            self.serve(line);
        } else {
            drop(line);
            self.give(need.take);
        }
        drop(left);
    }

    /// Notes that so many will not come back by themselves.
    pub(super) fn forget(&self, count: usize) {
        self.forgotten.fetch_add(count, Ordering::AcqRel);
    }

    /// Takes one off the forgotten, if there is one.
    pub(super) fn recall(&self) -> bool {
        let less = |forgotten: usize| forgotten.checked_sub(1);
        self.forgotten.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less).is_ok()
    }

    #[cold]
    fn poll_line(&self, need: Need, ticket: &mut Option<Ticket>, context: &mut Context<'_>) -> Poll<()> {
        let mut line = self.line.lock();
        let Some(held) = ticket.take() else {
            if self.take_or_queue(need) {
                return Poll::Ready(());
            }
            *ticket = Some(line.park(need, context.waker().clone()));
            return Poll::Pending;
        };
        if line.is_served(&held) {
            let left = line.leave(held);
            debug_assert!(left.is_none(), "it was served");
            return Poll::Ready(());
        }
        let stale = line.refresh(&held, context.waker());
        *ticket = Some(held);
        drop(line);
        drop(stale);
        Poll::Pending
    }

    /// Takes what is needed, or says in the word that somebody is about to join the line. Under the line's lock.
    fn take_or_queue(&self, need: Need) -> bool {
        let mut word = self.word.load(Ordering::Relaxed);
        while word & QUEUED == 0 {
            let enough = word / ONE >= need.least;
            let next = if enough { word - need.take * ONE } else { word | QUEUED };
            match self.word.compare_exchange_weak(word, next, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return enough,
                Err(now) => word = now,
            }
        }
        false
    }

    #[cold]
    fn give_to_line(&self, count: usize) {
        let line = self.line.lock();
        // The bit may have gone since we saw it; adding is right either way.
        let more = |word| Some(grown(word, count));
        let _ = self.word.fetch_update(Ordering::AcqRel, Ordering::Relaxed, more);
        self.serve(line);
    }

    /// Serves as many as can be served, in their order, and wakes them.
    fn serve(&self, mut line: MutexGuard<'_, Waiters<Need>>) {
        let mut served = Wakers::default();
        while let Some(need) = line.peek().copied() {
            let word = self.word.load(Ordering::Relaxed);
            if word / ONE < need.least {
                break;
            }
            self.word.fetch_sub(need.take * ONE, Ordering::AcqRel);
            if let Some((waker, _)) = line.serve() {
                served.push(waker);
            }
        }
        if line.is_empty() {
            self.word.fetch_and(!QUEUED, Ordering::AcqRel);
        }
        drop(line);
        served.wake();
    }
}

/// The word with more permits in it.
#[inline]
fn grown(word: usize, count: usize) -> usize {
    assert!(count <= Permits::MAX - word / ONE, "a semaphore holds at most {} permits", Permits::MAX);
    word + count * ONE
}
