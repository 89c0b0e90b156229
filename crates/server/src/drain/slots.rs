//! Numbered places: taken, given back, and taken again without a hash.
//!
//! Invariants:
//! 1. A place is in `free` if and only if its slot is empty.
//! 2. `turn` grows when a slot is emptied, so a place that was given back is nobody's, also when it is taken again.

use std::sync::Arc;

use greenroom_core::AnyTask;

use crate::drain::guest::Identity;

/// Who sits there.
#[derive(Clone)]
pub(super) struct Occupant {
    pub(super) identity: Arc<dyn Identity>,
    /// Missing for a moment, until the task has been started.
    pub(super) task: Option<AnyTask>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    index: u32,
    turn: u32,
}

struct Slot {
    occupant: Option<Occupant>,
    /// When it was taken, in seconds of whoever owns this.
    since: u32,
    turn: u32,
}

#[derive(Default)]
pub(super) struct Slots {
    slots: Vec<Slot>,
    free: Vec<u32>,
}

impl Slots {
    pub(super) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    pub(super) fn take(&mut self, identity: Arc<dyn Identity>, since: u32) -> Place {
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot { occupant: None, since: 0, turn: 0 });
            // Four thousand million guests do not fit into memory.
            (self.slots.len() - 1) as u32
        });
        let slot = &mut self.slots[index as usize];
        slot.occupant = Some(Occupant { identity, task: None });
        slot.since = since;
        Place { index, turn: slot.turn }
    }

    /// Who has this place, if it was not given back.
    pub(super) fn at(&mut self, place: Place) -> Option<&mut Occupant> {
        let slot = &mut self.slots[place.index as usize];
        slot.occupant.as_mut().filter(|_| slot.turn == place.turn)
    }

    pub(super) fn give_back(&mut self, place: Place) -> Option<(Occupant, u32)> {
        let slot = &mut self.slots[place.index as usize];
        if slot.turn != place.turn {
            return None;
        }
        let occupant = slot.occupant.take()?;
        slot.turn = slot.turn.wrapping_add(1);
        self.free.push(place.index);
        Some((occupant, slot.since))
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&Occupant, u32)> {
        self.slots.iter().filter_map(|slot| Some((slot.occupant.as_ref()?, slot.since)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::SockAddr;

    struct Number(u64);

    impl Identity for Number {
        fn id(&self) -> u64 {
            self.0
        }

        fn peer(&self) -> SockAddr {
            SockAddr::Memory(self.0)
        }
    }

    fn number(number: u64) -> Arc<dyn Identity> {
        Arc::new(Number(number))
    }

    #[test]
    fn a_place_is_taken_again_but_stays_nobodys() {
        let mut slots = Slots::default();
        let first = slots.take(number(1), 0);
        let second = slots.take(number(2), 5);
        assert!(slots.give_back(first).is_some());
        let third = slots.take(number(3), 7);
        assert_eq!(third.index, first.index);
        assert!(slots.at(first).is_none() && slots.give_back(first).is_none());
        assert_eq!(slots.len(), 2);
        let seated: Vec<_> = slots.iter().map(|(it, since)| (it.identity.id(), since)).collect();
        assert_eq!(seated, [(3, 7), (2, 5)]);
        assert!(slots.at(second).is_some());
    }

    #[test]
    fn a_seat_costs_an_idle_connection_less_than_a_cache_line() {
        assert!(size_of::<Slot>() + size_of::<u32>() <= 48, "{}", size_of::<Slot>());
    }
}
