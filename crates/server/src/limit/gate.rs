//! Counting who is in, and the line of those who wait to enter.
//!
//! Invariants:
//! 1. `inside` counts permits in hands and permits granted to tickets that have not fetched them yet.
//! 2. Somebody waits in `line` only while `inside >= max`: whoever makes room grants it to the first in line.
//! 3. A ticket is in `line`, or in `granted`, or gone; it is given up by `enter` returning true, or by `forget`.
//! 4. The lock around it is the caller's; wakers are handed out, to be woken after unlocking.

use std::collections::VecDeque;
use std::task::Waker;

/// Whose place in the line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

#[derive(Debug)]
pub(super) struct Gate {
    max: usize,
    inside: usize,
    line: VecDeque<(Ticket, Waker)>,
    granted: Vec<Ticket>,
    next: u64,
}

impl Gate {
    pub(super) const fn new(max: usize) -> Self {
        Self { max, inside: 0, line: VecDeque::new(), granted: Vec::new(), next: 0 }
    }

    pub(super) const fn max(&self) -> usize {
        self.max
    }

    pub(super) const fn inside(&self) -> usize {
        self.inside
    }

    /// Whether the caller is in now; else it has a ticket, and its waker is woken when it is its turn.
    pub(super) fn enter(&mut self, ticket: &mut Option<Ticket>, waker: &Waker) -> bool {
        if let Some(mine) = *ticket {
            if let Some(at) = self.granted.iter().position(|granted| *granted == mine) {
                self.granted.swap_remove(at);
                *ticket = None;
                return true;
            }
            if let Some((_, parked)) = self.line.iter_mut().find(|(queued, _)| *queued == mine) {
                parked.clone_from(waker);
            }
            return false;
        }
        if self.inside < self.max {
            self.inside += 1;
            return true;
        }
        let mine = Ticket(self.next);
        self.next += 1;
        self.line.push_back((mine, waker.clone()));
        *ticket = Some(mine);
        false
    }

    /// Somebody left: whom to wake.
    #[must_use]
    pub(super) fn leave(&mut self) -> Option<Waker> {
        self.inside -= 1;
        self.grant()
    }

    /// Whoever held this ticket no longer wants to enter: whom to wake instead.
    #[must_use]
    pub(super) fn forget(&mut self, ticket: Ticket) -> Option<Waker> {
        if let Some(at) = self.granted.iter().position(|granted| *granted == ticket) {
            self.granted.swap_remove(at);
            return self.leave();
        }
        self.line.retain(|(queued, _)| *queued != ticket);
        None
    }

    /// Changes the limit: whom to wake. Nobody is thrown out.
    #[must_use]
    pub(super) fn resize(&mut self, max: usize) -> Vec<Waker> {
        self.max = max;
        std::iter::from_fn(|| self.grant()).collect()
    }

    fn grant(&mut self) -> Option<Waker> {
        if self.inside >= self.max {
            return None;
        }
        let (ticket, waker) = self.line.pop_front()?;
        self.inside += 1;
        self.granted.push(ticket);
        Some(waker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Visitor(Option<Ticket>);

    impl Visitor {
        fn enter(&mut self, gate: &mut Gate) -> bool {
            gate.enter(&mut self.0, Waker::noop())
        }
    }

    #[test]
    fn room_is_handed_to_the_first_in_line_and_nobody_slips_in() {
        let mut gate = Gate::new(1);
        let (mut a, mut b, mut c) = (Visitor(None), Visitor(None), Visitor(None));
        assert!(a.enter(&mut gate));
        assert!(!b.enter(&mut gate));
        assert!(!c.enter(&mut gate));
        assert!(gate.leave().is_some(), "b is woken");
        assert!(!a.enter(&mut gate), "the room is b's");
        assert!(!c.enter(&mut gate));
        assert!(b.enter(&mut gate));
        assert_eq!(gate.inside(), 1);
    }

    #[test]
    fn a_granted_ticket_that_is_forgotten_passes_the_room_on() {
        let mut gate = Gate::new(1);
        let (mut a, mut b, mut c) = (Visitor(None), Visitor(None), Visitor(None));
        assert!(a.enter(&mut gate) && !b.enter(&mut gate) && !c.enter(&mut gate));
        assert!(gate.leave().is_some());
        assert!(gate.forget(b.0.unwrap()).is_some(), "c is woken");
        assert!(c.enter(&mut gate));
        assert!(gate.leave().is_none());
        assert_eq!(gate.inside(), 0);
    }

    #[test]
    fn a_queued_ticket_that_is_forgotten_changes_nothing_for_the_others() {
        let mut gate = Gate::new(1);
        let (mut a, mut b, mut c) = (Visitor(None), Visitor(None), Visitor(None));
        assert!(a.enter(&mut gate) && !b.enter(&mut gate) && !c.enter(&mut gate));
        assert!(gate.forget(b.0.unwrap()).is_none());
        assert!(gate.leave().is_some());
        assert!(c.enter(&mut gate));
    }

    #[test]
    fn the_limit_moves_both_ways_without_losing_a_place() {
        let mut gate = Gate::new(3);
        let mut visitors: Vec<_> = (0..6).map(|_| Visitor(None)).collect();
        let inside = visitors.iter_mut().filter_map(|v| v.enter(&mut gate).then_some(())).count();
        assert_eq!(inside, 3);
        assert!(gate.resize(1).is_empty());
        assert!(gate.leave().is_none(), "still two inside, one allowed");
        assert!(gate.leave().is_none());
        assert!(gate.leave().is_some(), "now the first in line");
        assert_eq!(gate.resize(3).len(), 2);
        assert_eq!(gate.inside(), 3);
        assert!(visitors[3..].iter_mut().all(|v| v.enter(&mut gate)));
    }
}
