//! What a channel's one lock guards.
//!
//! Invariants, true whenever the lock is free:
//! 1. An offered item lies in its putter's place in the line, until the poll of the getter that takes it.
//!    Only `try_put`, whose caller does not stay, leaves its item here; it needs a getter that waits.
//! 2. A served getter owns a *claim* to the oldest offer at its poll. Offers may be withdrawn, so claims may exceed
//!    them; a getter whose claim finds nothing goes back to the front of the line.
//! 3. A getter waits in line only while there are no more offers than claims; so a newcomer that finds one more
//!    overtakes nobody.
//! 4. After the shutdown waiting putters keep their items, and only what `try_put` left may still be taken.

use std::collections::VecDeque;
use std::task::Waker;

use crate::queue::wakes::Wakes;
use crate::waiter::{Ticket, Waiters};

pub(super) struct State<T> {
    /// Each with the number of its offer.
    pub(super) putters: Waiters<(u64, T)>,
    pub(super) waiting_putters: usize,
    /// What `try_put` left.
    pub(super) left: VecDeque<(u64, T)>,
    next_offer: u64,
    pub(super) getters: Waiters,
    pub(super) waiting_getters: usize,
    claimed: usize,
    pub(super) shut_down: bool,
}

/// Where a getter stands. A waker is to be dropped after unlocking.
pub(super) enum Turn<T> {
    Took(T, Wakes),
    Over(Option<Waker>),
    Wait(Option<Waker>),
}

impl<T> State<T> {
    pub(super) fn new() -> Self {
        Self {
            putters: Waiters::new(),
            waiting_putters: 0,
            left: VecDeque::new(),
            next_offer: 0,
            getters: Waiters::new(),
            waiting_getters: 0,
            claimed: 0,
            shut_down: false,
        }
    }

    /// Whether it is shut down and nothing is left to get.
    pub(super) fn is_over(&self) -> bool {
        self.shut_down && self.left.is_empty()
    }

    /// A putter joins the line with its item. Settle afterwards.
    pub(super) fn park_putter(&mut self, item: T, waker: Waker) -> Ticket {
        self.waiting_putters += 1;
        let number = self.number();
        self.putters.park((number, item), waker)
    }

    /// Leaves an item to a getter that waits. Settle afterwards.
    pub(super) fn leave_item(&mut self, item: T) {
        let number = self.number();
        self.left.push_back((number, item));
    }

    /// A putter leaves the line: with its item if nobody took it.
    pub(super) fn leave_putters(&mut self, ticket: Ticket) -> Option<(Waker, T)> {
        let (waker, (_, item)) = self.putters.leave(ticket)?;
        self.waiting_putters -= 1;
        Some((waker, item))
    }

    /// Takes the oldest offer that nobody has a claim to.
    pub(super) fn take_free(&mut self) -> Option<(T, Wakes)> {
        if self.offers() > self.claimed { self.take_oldest() } else { None }
    }

    fn take_oldest(&mut self) -> Option<(T, Wakes)> {
        let mut wakes = Wakes::default();
        let standing = if self.shut_down { None } else { self.putters.peek().map(|(number, _)| *number) };
        let left = self.left.front().map(|(number, _)| *number);
        // The older of the two; what is absent is younger than anything.
        let item = if standing.unwrap_or(u64::MAX) < left.unwrap_or(u64::MAX) {
            let (waker, (_, item)) = self.putters.serve()?;
            self.waiting_putters -= 1;
            wakes.add(waker);
            item
        } else {
            self.left.pop_front()?.1
        };
        self.settle_into(&mut wakes);
        Some((item, wakes))
    }

    /// Takes an offer, or joins the line for one.
    pub(super) fn turn(&mut self, ticket: &mut Option<Ticket>, waker: &Waker) -> Turn<T> {
        let Some(mine) = ticket.take() else {
            return self.ask(ticket, waker, false);
        };
        if self.getters.is_served(&mine) {
            // A served place holds no waker.
            let _ = self.getters.leave(mine);
            self.claimed -= 1;
            return self.ask(ticket, waker, true);
        }
        if self.is_over() {
            self.waiting_getters -= 1;
            let stale = self.getters.leave(mine).map(|(waker, ())| waker);
            return Turn::Over(stale);
        }
        let stale = self.getters.refresh(&mine, waker);
        *ticket = Some(mine);
        Turn::Wait(stale)
    }

    /// Leaves the line for an item, and passes on the claim if there was one.
    pub(super) fn leave_getters(&mut self, ticket: Ticket) -> (Wakes, Option<Waker>) {
        match self.getters.leave(ticket) {
            Some((waker, ())) => {
                self.waiting_getters -= 1;
                (Wakes::default(), Some(waker))
            }
            None => {
                self.claimed -= 1;
                (self.settle(), None)
            }
        }
    }

    /// Calls a getter for each offer that has none.
    pub(super) fn settle(&mut self) -> Wakes {
        let mut wakes = Wakes::default();
        self.settle_into(&mut wakes);
        wakes
    }

    fn settle_into(&mut self, wakes: &mut Wakes) {
        while self.offers() > self.claimed {
            let Some((waker, ())) = self.getters.serve() else { break };
            self.waiting_getters -= 1;
            self.claimed += 1;
            wakes.add(waker);
        }
        if self.is_over() {
            // They stay in line: who is still waiting there when polled knows that nothing came.
            wakes.add_all(self.getters.wakers());
        }
    }

    fn ask(&mut self, ticket: &mut Option<Ticket>, waker: &Waker, was_called: bool) -> Turn<T> {
        // The claims of others do not count for who was called: being called in turn, it comes before them.
        let taken = if was_called { self.take_oldest() } else { self.take_free() };
        if let Some((item, wakes)) = taken {
            return Turn::Took(item, wakes);
        }
        if self.is_over() {
            return Turn::Over(None);
        }
        let waker = waker.clone();
        self.waiting_getters += 1;
        *ticket = Some(match was_called {
            true => self.getters.park_front((), waker),
            false => self.getters.park((), waker),
        });
        Turn::Wait(None)
    }

    fn offers(&self) -> usize {
        self.left.len() + if self.shut_down { 0 } else { self.waiting_putters }
    }

    fn number(&mut self) -> u64 {
        self.next_offer += 1;
        self.next_offer
    }
}
