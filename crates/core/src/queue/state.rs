//! What a queue's one lock guards, and the rules of the line.
//!
//! Invariants, true whenever the lock is free:
//! 1. An item leaves the store only in its getter's own poll, or in `try_get`. A getter that waits, or has been
//!    served and not polled yet, holds no item: dropping it loses nothing, and the order of items never changes.
//! 2. A served getter owns a *claim*: `claimed` counts them, and there are at least as many items (one on loan counts).
//! 3. A newcomer takes only what nobody has a claim to. A getter waits in line only while there is no such item, so
//!    a newcomer that finds one overtakes nobody.
//! 4. A putter waits in line, its item with it, only while there is no room. Whoever makes room moves the item into
//!    the store, or reserves the place. So a newcomer that finds room overtakes nobody.
//! 5. `unfinished` counts an item from the moment it is stored, never while its putter waits.
//! 6. One item at a time is on loan to a peek, which clones it without the lock. It keeps its place by `reserved`,
//!    and meanwhile nothing is taken: that would be the item behind it.
//! 7. The phase only advances. After `Open` nothing is stored any more, and waiting putters keep their items. After
//!    `Draining` there is nothing in the store and claims are void.

use std::task::Waker;

use crate::queue::put_error::TryPutError;
use crate::queue::store::{Lent, Store};
use crate::queue::wakes::Wakes;
use crate::waiter::{Ticket, Waiters};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Open,
    /// Shut down; what is stored may still be taken.
    Draining,
    /// Shut down at once; nothing is left.
    Emptied,
}

/// What a waiting putter wants of the room it is given.
pub(super) enum Wish<T> {
    Store(T),
    Reserve,
}

pub(super) struct State<T> {
    pub(super) store: Store<T>,
    /// `usize::MAX` when there is no bound.
    pub(super) capacity: usize,
    /// Places that are empty but not free: promised to a slot, or kept for the item on loan.
    pub(super) reserved: usize,
    pub(super) claimed: usize,
    /// Whether the first item is on loan.
    lent: bool,
    pub(super) phase: Phase,
    pub(super) unfinished: usize,
    pub(super) getters: Waiters,
    pub(super) putters: Waiters<Wish<T>>,
    pub(super) joiners: Waiters,
    /// Served getters that were polled while the first item was on loan.
    after_loan: Vec<Waker>,
}

/// Where a getter stands.
pub(super) enum Turn {
    /// The item that is next belongs to it; it has left the line and its claim is gone.
    Now,
    /// Shut down and nothing is left; it has left the line. The waker is to be dropped after unlocking.
    Over(Option<Waker>),
    /// It waits. The waker is to be dropped after unlocking.
    Wait(Option<Waker>),
}

impl<T> State<T> {
    pub(super) fn new(store: Store<T>, capacity: usize) -> Self {
        Self {
            store,
            capacity,
            reserved: 0,
            claimed: 0,
            lent: false,
            phase: Phase::Open,
            unfinished: 0,
            getters: Waiters::new(),
            putters: Waiters::new(),
            joiners: Waiters::new(),
            after_loan: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.store.len() + usize::from(self.lent)
    }

    #[inline]
    pub(super) fn has_room(&self) -> bool {
        self.store.len() + self.reserved < self.capacity
    }

    /// Whether it is shut down and nothing is left to get.
    #[inline]
    pub(super) fn is_over(&self) -> bool {
        self.phase != Phase::Open && self.store.len() == 0 && !self.lent
    }

    #[inline]
    pub(super) fn has_free_item(&self) -> bool {
        self.store.len() > self.claimed && !self.lent
    }

    /// Stores an item if the queue is open and has room. Settle afterwards if a getter waits.
    #[inline]
    pub(super) fn offer(&mut self, item: T) -> Result<(), TryPutError<T>> {
        if self.phase != Phase::Open {
            return Err(TryPutError::ShutDown(item));
        }
        if !self.has_room() {
            return Err(TryPutError::Full(item));
        }
        self.add(item);
        Ok(())
    }

    /// Stores an item; there must be room. Settle afterwards if a getter waits.
    #[inline]
    pub(super) fn add(&mut self, item: T) {
        self.unfinished += 1;
        self.store.push(item);
    }

    /// Takes the next item if nobody has a claim to it. Settle afterwards if a putter waits.
    #[inline]
    pub(super) fn take_free(&mut self) -> Option<T> {
        if self.has_free_item() { self.store.pop() } else { None }
    }

    /// Asks for an item, or joins the line for one. On [`Turn::Now`] take or lend it under the same lock.
    pub(super) fn turn(&mut self, ticket: &mut Option<Ticket>, waker: &Waker) -> Turn {
        let Some(mine) = ticket.take() else {
            if self.has_free_item() {
                return Turn::Now;
            }
            if self.is_over() {
                return Turn::Over(None);
            }
            *ticket = Some(self.getters.park((), waker.clone()));
            return Turn::Wait(None);
        };
        if self.getters.is_served(&mine) {
            if self.lent {
                self.after_loan.push(waker.clone());
                *ticket = Some(mine);
                return Turn::Wait(None);
            }
            let stale = self.getters.leave(mine).map(|(waker, ())| waker);
            if self.phase == Phase::Emptied {
                return Turn::Over(stale);
            }
            self.claimed -= 1;
            return Turn::Now;
        }
        if self.is_over() {
            return Turn::Over(self.getters.leave(mine).map(|(waker, ())| waker));
        }
        let stale = self.getters.refresh(&mine, waker);
        *ticket = Some(mine);
        Turn::Wait(stale)
    }

    /// Leaves the line for an item, and passes on the claim if there was one. The waker is to be dropped after unlocking.
    pub(super) fn leave_getters(&mut self, ticket: Ticket) -> (Wakes, Option<Waker>) {
        match self.getters.leave(ticket) {
            Some((waker, ())) => (Wakes::default(), Some(waker)),
            None => {
                if self.phase == Phase::Emptied {
                    return (Wakes::default(), None);
                }
                self.claimed -= 1;
                (self.settle(), None)
            }
        }
    }

    /// Lends the next item, which the caller's turn has given it; the loan is a claim.
    pub(super) fn lend(&mut self) -> Option<Lent<T>> {
        let lent = self.store.lend()?;
        self.lent = true;
        self.reserved += 1;
        self.claimed += 1;
        Some(lent)
    }

    /// Ends the loan. Returns the item, to be dropped after unlocking, if the queue was emptied meanwhile.
    pub(super) fn give_back(&mut self, lent: Lent<T>) -> (Wakes, Option<Lent<T>>) {
        self.lent = false;
        self.reserved -= 1;
        let mut wakes = Wakes::default();
        wakes.add_all(self.after_loan.drain(..));
        let dead = if self.phase == Phase::Emptied {
            self.finish(1, &mut wakes);
            Some(lent)
        } else {
            self.claimed -= 1;
            self.store.restore(lent);
            None
        };
        self.settle_into(&mut wakes);
        (wakes, dead)
    }

    /// Counts items as done, and releases those who wait for the last.
    pub(super) fn finish(&mut self, count: usize, wakes: &mut Wakes) {
        self.unfinished = self.unfinished.saturating_sub(count);
        if self.unfinished == 0 {
            while let Some((waker, ())) = self.joiners.serve() {
                wakes.add(waker);
            }
        }
    }

    /// Brings room to waiting putters, then items to waiting getters.
    pub(super) fn settle(&mut self) -> Wakes {
        let mut wakes = Wakes::default();
        self.settle_into(&mut wakes);
        wakes
    }

    pub(super) fn settle_into(&mut self, wakes: &mut Wakes) {
        while self.phase == Phase::Open && self.has_room() {
            let Some((waker, wish)) = self.putters.serve() else { break };
            match wish {
                Wish::Store(item) => self.add(item),
                Wish::Reserve => self.reserved += 1,
            }
            wakes.add(waker);
        }
        while self.has_free_item() {
            let Some((waker, ())) = self.getters.serve() else { break };
            self.claimed += 1;
            wakes.add(waker);
        }
        if self.is_over() {
            // They stay in line: who is still waiting there when polled knows that nothing came.
            wakes.add_all(self.getters.wakers());
        }
    }
}
