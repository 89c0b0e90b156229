//! Every interleaving of coming, leaving and walking.
//!
//! An entry is an address of one of a model's guests, as a number. A guest's life is a cell that loom watches: a walker
//! reads it, and who has left writes to it, as if the guest's memory were freed. If the two could meet, loom would say so.

use std::ptr;

use loom::cell::UnsafeCell;
use loom::sync::Arc;
use loom::thread;

use super::ledger::{Hand, Ledger};

struct House {
    ledger: Ledger,
    guests: Vec<UnsafeCell<bool>>,
}

impl House {
    fn new(guests: usize) -> Arc<Self> {
        let guests = (0..guests).map(|_| UnsafeCell::new(false)).collect();
        Arc::new(Self { ledger: Ledger::new(), guests })
    }

    fn come(&self, hand: &Hand, guest: usize) -> u32 {
        // The guest is made, and listed then.
        self.guests[guest].with_mut(|_| ());
        let word = |number| ptr::without_provenance_mut(number + 1);
        self.ledger.insert(hand, word(guest), word(guest))
    }

    fn leave(&self, guest: usize, place: u32) {
        self.ledger.remove(place);
        // The guest's memory is freed.
        self.guests[guest].with_mut(|_| ());
    }

    /// Who is in.
    fn walk(&self) -> Vec<usize> {
        let mut found = Vec::new();
        let mut block = 0;
        while self.ledger.walk(block, |entry, kind| {
            assert_eq!(entry, kind, "the words of two entries");
            let guest = entry.addr() - 1;
            self.guests[guest].with(|_| ());
            found.push(guest);
        }) {
            block += 1;
        }
        found
    }
}

#[test]
fn loom_who_has_left_is_not_read() {
    loom::model(|| {
        let house = House::new(2);
        let hand = Hand::new();
        let (stayer, leaver) = (house.come(&hand, 0), house.come(&hand, 1));
        let other = house.clone();
        let walker = thread::spawn(move || other.walk());
        house.leave(1, leaver);
        assert!(walker.join().unwrap().contains(&0), "one who was in all the time");
        assert_eq!(house.walk(), [0]);
        house.leave(0, stayer);
        assert_eq!(house.ledger.len(), 0);
    });
}

#[test]
fn loom_who_comes_during_a_walk_is_read_whole_or_not_at_all() {
    loom::model(|| {
        let house = House::new(2);
        let other = house.clone();
        let comer = thread::spawn(move || {
            let hand = Hand::new();
            other.come(&hand, 0);
            other.come(&hand, 1);
        });
        house.walk();
        comer.join().unwrap();
        assert_eq!(house.walk(), [0, 1]);
    });
}

#[test]
fn loom_a_place_given_back_during_a_walk_is_not_used_again_before_its_end() {
    loom::model(|| {
        let house = House::new(4);
        let hand = Hand::new();
        let places = [house.come(&hand, 0), house.come(&hand, 1)];
        let other = house.clone();
        let walker = thread::spawn(move || other.walk());
        house.leave(0, places[0]);
        let reused = house.come(&hand, 2);
        assert_eq!(reused, places[0]);
        house.leave(1, places[1]);
        house.leave(2, reused);
        house.come(&hand, 3);
        walker.join().unwrap();
        assert_eq!(house.walk(), [3]);
    });
}

#[test]
fn loom_two_who_leave_give_both_places_back() {
    loom::model(|| {
        let house = House::new(4);
        let hand = Hand::new();
        let places = [house.come(&hand, 0), house.come(&hand, 1)];
        let other = house.clone();
        let leaver = thread::spawn(move || other.leave(0, places[0]));
        house.leave(1, places[1]);
        leaver.join().unwrap();
        let mut again = [house.come(&hand, 2), house.come(&hand, 3)];
        again.sort_unstable();
        assert_eq!(again, places, "no place is lost, and none is given twice");
    });
}

#[test]
fn loom_two_who_leave_meet_one_who_comes_and_one_who_walks() {
    loom::model(|| {
        let house = House::new(5);
        let hand = Hand::new();
        let places = [house.come(&hand, 0), house.come(&hand, 1)];
        let (first, second) = (house.clone(), house.clone());
        let leaver = thread::spawn(move || first.leave(0, places[0]));
        let walker = thread::spawn(move || second.walk());
        house.leave(1, places[1]);
        house.come(&hand, 2);
        leaver.join().unwrap();
        walker.join().unwrap();
        assert_eq!(house.walk(), [2]);
        house.come(&hand, 3);
        house.come(&hand, 4);
        let mut found = house.walk();
        found.sort_unstable();
        assert_eq!(found, [2, 3, 4], "each place was free once");
    });
}

#[test]
fn loom_what_a_thread_did_not_use_is_used_by_others() {
    loom::model(|| {
        let house = House::new(3);
        let other = house.clone();
        let thread = thread::spawn(move || {
            let hand = Hand::new();
            let place = other.come(&hand, 0);
            other.ledger.give_back(&hand);
            other.leave(0, place);
        });
        house.walk();
        thread.join().unwrap();
        let hand = Hand::new();
        let mut places = [house.come(&hand, 1), house.come(&hand, 2)];
        places.sort_unstable();
        assert_eq!(places, [0, 1]);
    });
}
