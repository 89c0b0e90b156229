//! Counting who is in, and the lines of those who wait to enter.
//!
//! Invariants:
//! 1. `inside` counts permits in hands and permits granted to tickets that have not fetched them yet.
//! 2. The privileged wait only while `inside >= max`, the ordinary only while `inside >= max - reserve`: whoever makes
//!    room grants it to the first in line, the privileged before the ordinary.
//! 3. A ticket is in a line, or in `granted`, or gone; it is given up by `enter` saying `In`, or by `forget`. Numbers
//!    grow along each line, so that a place in it is found by halving.
//! 4. The lock around it is the caller's; wakers are handed out, to be woken or dropped after unlocking.

use std::collections::{BTreeSet, VecDeque};
use std::task::Waker;

use crate::limit::Rank;

/// Whose place in the line it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    number: u64,
    rank: Rank,
}

/// The gate's answer to one who wants to enter.
#[derive(Debug)]
pub(super) enum Entry {
    In,
    /// Not yet. The waker, if there was an older one, is to be dropped.
    Waits(Option<Waker>),
}

#[derive(Debug)]
pub(super) struct Gate {
    max: usize,
    reserve: usize,
    inside: usize,
    privileged: Line,
    ordinary: Line,
    granted: BTreeSet<u64>,
    next: u64,
}

/// Numbers of tickets, and whom to wake for each.
type Line = VecDeque<(u64, Waker)>;

impl Gate {
    pub(super) const fn new(max: usize) -> Self {
        Self {
            max,
            reserve: 0,
            inside: 0,
            privileged: Line::new(),
            ordinary: Line::new(),
            granted: BTreeSet::new(),
            next: 0,
        }
    }

    pub(super) const fn max(&self) -> usize {
        self.max
    }

    pub(super) const fn reserve(&self) -> usize {
        self.reserve
    }

    pub(super) const fn inside(&self) -> usize {
        self.inside
    }

    /// Whether the caller is in now; else it has a ticket, and its waker is woken when it is its turn.
    pub(super) fn enter(&mut self, rank: Rank, ticket: &mut Option<Ticket>, waker: &Waker) -> Entry {
        if let Some(mine) = *ticket {
            if self.granted.remove(&mine.number) {
                *ticket = None;
                return Entry::In;
            }
            let line = self.line(mine.rank);
            let at = line.binary_search_by_key(&mine.number, |(queued, _)| *queued);
            let replaced = at.ok().and_then(|at| {
                let parked = &mut line[at].1;
                (!parked.will_wake(waker)).then(|| std::mem::replace(parked, waker.clone()))
            });
            return Entry::Waits(replaced);
        }
        if self.has_room(rank) {
            self.inside += 1;
            return Entry::In;
        }
        let number = self.next;
        self.next += 1;
        self.line(rank).push_back((number, waker.clone()));
        *ticket = Some(Ticket { number, rank });
        Entry::Waits(None)
    }

    /// Somebody left: whom to wake.
    #[must_use]
    pub(super) fn leave(&mut self) -> Option<Waker> {
        self.inside -= 1;
        self.grant()
    }

    /// Whoever held this ticket no longer wants to enter: whom to wake instead, and the waker that it left behind.
    #[must_use]
    pub(super) fn forget(&mut self, ticket: Ticket) -> (Option<Waker>, Option<Waker>) {
        if self.granted.remove(&ticket.number) {
            return (self.leave(), None);
        }
        let line = self.line(ticket.rank);
        let at = line.binary_search_by_key(&ticket.number, |(queued, _)| *queued);
        let left = at.ok().and_then(|at| line.remove(at));
        (None, left.map(|(_, waker)| waker))
    }

    /// Changes the limit: whom to wake. Nobody is thrown out.
    #[must_use]
    pub(super) fn resize(&mut self, max: usize) -> Vec<Waker> {
        self.max = max;
        self.settle()
    }

    /// Changes what is kept for the privileged: whom to wake.
    #[must_use]
    pub(super) fn keep(&mut self, reserve: usize) -> Vec<Waker> {
        self.reserve = reserve;
        self.settle()
    }

    fn settle(&mut self) -> Vec<Waker> {
        std::iter::from_fn(|| self.grant()).collect()
    }

    fn grant(&mut self) -> Option<Waker> {
        let rank = match self.privileged.is_empty() {
            true => Rank::Ordinary,
            false => Rank::Privileged,
        };
        if !self.has_room(rank) {
            return None;
        }
        let (number, waker) = self.line(rank).pop_front()?;
        self.inside += 1;
        self.granted.insert(number);
        Some(waker)
    }

    const fn has_room(&self, rank: Rank) -> bool {
        let max = match rank {
            Rank::Privileged => self.max,
            Rank::Ordinary => self.max.saturating_sub(self.reserve),
        };
        self.inside < max
    }

    const fn line(&mut self, rank: Rank) -> &mut Line {
        match rank {
            Rank::Privileged => &mut self.privileged,
            Rank::Ordinary => &mut self.ordinary,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::task::Waker;

    use greenroom_testkit::Seed;

    use super::{Entry, Gate, Ticket};
    use crate::limit::Rank;

    struct Visitor(Option<Ticket>);

    impl Visitor {
        fn enter(&mut self, gate: &mut Gate) -> bool {
            self.enter_as(Rank::Ordinary, gate)
        }

        fn enter_as(&mut self, rank: Rank, gate: &mut Gate) -> bool {
            matches!(gate.enter(rank, &mut self.0, Waker::noop()), Entry::In)
        }
    }

    fn woken(forgotten: (Option<Waker>, Option<Waker>)) -> bool {
        forgotten.0.is_some()
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
        assert!(woken(gate.forget(b.0.unwrap())), "c is woken");
        assert!(c.enter(&mut gate));
        assert!(gate.leave().is_none());
        assert_eq!(gate.inside(), 0);
    }

    #[test]
    fn a_queued_ticket_that_is_forgotten_changes_nothing_for_the_others() {
        let mut gate = Gate::new(1);
        let (mut a, mut b, mut c) = (Visitor(None), Visitor(None), Visitor(None));
        assert!(a.enter(&mut gate) && !b.enter(&mut gate) && !c.enter(&mut gate));
        assert!(!woken(gate.forget(b.0.unwrap())));
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

    #[test]
    fn ordinary_visitors_leave_the_reserve_alone_and_privileged_ones_use_it() {
        let mut gate = Gate::new(4);
        assert!(gate.keep(2).is_empty());
        let mut visitors: Vec<_> = (0..8).map(|_| Visitor(None)).collect();
        let (ordinary, privileged) = visitors.split_at_mut(4);
        let entered = |visitors: &mut [Visitor], rank, gate: &mut Gate| {
            visitors.iter_mut().map(|v| v.enter_as(rank, gate)).collect::<Vec<_>>()
        };
        assert_eq!(entered(ordinary, Rank::Ordinary, &mut gate), [true, true, false, false]);
        assert_eq!(entered(privileged, Rank::Privileged, &mut gate), [true, true, false, false]);
        assert!(gate.leave().is_some(), "the first of the privileged, though the ordinary came before");
        assert_eq!(entered(&mut privileged[2..], Rank::Privileged, &mut gate), [true, false]);
        assert!(gate.leave().is_some());
        assert_eq!(entered(&mut privileged[3..], Rank::Privileged, &mut gate), [true]);
        assert!(gate.leave().is_none(), "three are inside, and two places are the reserve");
        assert!(gate.leave().is_none());
        assert_eq!(entered(&mut ordinary[2..], Rank::Ordinary, &mut gate), [false, false]);
        assert!(gate.leave().is_some(), "now an ordinary one");
        assert_eq!(gate.inside(), 2);
        assert_eq!(gate.keep(1).len(), 1, "a smaller reserve lets the next in");
        assert_eq!(entered(&mut ordinary[2..], Rank::Ordinary, &mut gate), [true, true]);
    }

    #[test]
    fn a_reserve_as_large_as_the_limit_keeps_the_ordinary_out() {
        for reserve in [3, 4, usize::MAX] {
            let mut gate = Gate::new(3);
            assert!(gate.keep(reserve).is_empty());
            assert!(!Visitor(None).enter(&mut gate));
            assert!(Visitor(None).enter_as(Rank::Privileged, &mut gate));
        }
    }

    /// The plainest model: who is inside, who waits in two lines, and nothing granted ahead of time.
    #[derive(Default)]
    struct Model {
        max: usize,
        reserve: usize,
        inside: Vec<usize>,
        lines: [VecDeque<usize>; 2],
    }

    impl Model {
        fn arrive(&mut self, id: usize, rank: Rank) {
            self.lines[usize::from(rank == Rank::Ordinary)].push_back(id);
            self.settle();
        }

        fn settle(&mut self) {
            for (line, max) in [(0, self.max), (1, self.max.saturating_sub(self.reserve))] {
                while self.inside.len() < max {
                    let Some(id) = self.lines[line].pop_front() else { break };
                    self.inside.push(id);
                }
            }
        }

        fn go(&mut self, id: usize) {
            self.inside.retain(|inside| *inside != id);
            self.lines.iter_mut().for_each(|line| line.retain(|waiting| *waiting != id));
            self.settle();
        }
    }

    /// Somebody at the gate: has asked, may have been let in without knowing, or knows.
    struct Guest {
        id: usize,
        rank: Rank,
        visitor: Visitor,
        knows: bool,
    }

    #[test]
    fn any_mix_of_entering_leaving_forgetting_and_resizing_agrees_with_the_plain_model() {
        let mut random = Seed::from_env().random();
        for _ in 0..300 {
            let mut gate = Gate::new(5);
            let mut model = Model { max: 5, ..Model::default() };
            let mut guests: Vec<Guest> = Vec::new();
            for id in 0..200 {
                match random.below(8) {
                    0..=2 => {
                        let rank = if random.percent(30) { Rank::Privileged } else { Rank::Ordinary };
                        let mut visitor = Visitor(None);
                        let knows = visitor.enter_as(rank, &mut gate);
                        model.arrive(id, rank);
                        guests.push(Guest { id, rank, visitor, knows });
                    }
                    3 => {
                        let max = random.below(9) as usize;
                        drop(gate.resize(max));
                        model.max = max;
                        model.settle();
                    }
                    4 => {
                        let reserve = random.below(4) as usize;
                        drop(gate.keep(reserve));
                        model.reserve = reserve;
                        model.settle();
                    }
                    _ if guests.is_empty() => {}
                    5 => {
                        let any = random.below(guests.len() as u64) as usize;
                        let guest = &mut guests[any];
                        if !guest.knows {
                            guest.knows = guest.visitor.enter_as(guest.rank, &mut gate);
                            assert_eq!(guest.knows, model.inside.contains(&guest.id));
                        }
                    }
                    _ => {
                        let guest = guests.swap_remove(random.below(guests.len() as u64) as usize);
                        match guest.visitor.0 {
                            None => drop(gate.leave()),
                            Some(ticket) => drop(gate.forget(ticket)),
                        }
                        model.go(guest.id);
                    }
                }
                assert_eq!(gate.inside(), model.inside.len());
                let waiting = model.lines.iter().map(VecDeque::len);
                assert!(waiting.eq([gate.privileged.len(), gate.ordinary.len()]));
            }
            for guest in guests {
                match guest.visitor.0 {
                    None => drop(gate.leave()),
                    Some(ticket) => drop(gate.forget(ticket)),
                }
            }
            assert_eq!((gate.inside(), gate.granted.len(), gate.ordinary.len()), (0, 0, 0));
        }
    }
}
