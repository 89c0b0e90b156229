//! A binary heap that keeps equal items in the order of their arrival.

use std::cmp::Ordering;

/// Lowest first, stable. The comparison is kept as a function, so that a queue asks `T: Ord` only when it is made.
pub(super) struct Heap<T> {
    entries: Vec<Entry<T>>,
    /// The number of the next arrival.
    next: u64,
    compare: fn(&T, &T) -> Ordering,
}

struct Entry<T> {
    item: T,
    arrival: u64,
}

impl<T> Heap<T> {
    pub(super) fn new(compare: fn(&T, &T) -> Ordering) -> Self {
        Self { entries: Vec::new(), next: 0, compare }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn push(&mut self, item: T) {
        let arrival = self.next;
        self.next += 1;
        self.insert(item, arrival);
    }

    /// Puts an item back among its equals, by the arrival number it had.
    pub(super) fn insert(&mut self, item: T, arrival: u64) {
        self.entries.push(Entry { item, arrival });
        let mut index = self.entries.len() - 1;
        while index > 0 {
            let parent = (index - 1) / 2;
            if !self.precedes(index, parent) {
                break;
            }
            self.entries.swap(index, parent);
            index = parent;
        }
    }

    /// The first item and its arrival number.
    pub(super) fn pop(&mut self) -> Option<(T, u64)> {
        if self.entries.is_empty() {
            return None;
        }
        let Entry { item, arrival } = self.entries.swap_remove(0);
        let mut index = 0;
        loop {
            let (left, right) = (2 * index + 1, 2 * index + 2);
            let mut least = index;
            for child in [left, right] {
                if child < self.entries.len() && self.precedes(child, least) {
                    least = child;
                }
            }
            if least == index {
                return Some((item, arrival));
            }
            self.entries.swap(index, least);
            index = least;
        }
    }

    /// All items, leaving the heap empty.
    pub(super) fn take(&mut self) -> Self {
        Self { entries: std::mem::take(&mut self.entries), next: self.next, compare: self.compare }
    }

    fn precedes(&self, one: usize, other: usize) -> bool {
        let (one, other) = (&self.entries[one], &self.entries[other]);
        (self.compare)(&one.item, &other.item).then(one.arrival.cmp(&other.arrival)).is_lt()
    }
}
