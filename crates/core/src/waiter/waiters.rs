//! A line of parked futures, kept in a slab so that leaving from the middle costs the same as from the end.
//!
//! Invariants:
//! 1. A place is *waiting* (linked, with its waker and value) from [`Waiters::park`] until it is served or leaves,
//!    then *served* (unlinked) until it leaves. Only the holder of the ticket frees a place.
//! 2. Whoever is served is woken by the caller, after the lock is released: `serve` hands the waker out.
//! 3. A ticket is not `Clone`: a future that holds one must give it back by [`Waiters::leave`], in `Drop` too.

use std::task::Waker;

/// A place in the line. Must be given back by [`Waiters::leave`].
#[derive(Debug)]
pub(crate) struct Ticket(u32);

const NONE: u32 = u32::MAX;

/// Parked futures in the order of their arrival; each brings a value `V` that whoever serves it receives.
#[derive(Debug)]
pub(crate) struct Waiters<V = ()> {
    places: Vec<Place<V>>,
    /// First free place, linked through `next`.
    free: u32,
    /// The longest waiting.
    head: u32,
    /// The latest.
    tail: u32,
}

#[derive(Debug)]
struct Place<V> {
    prev: u32,
    next: u32,
    /// Present while waiting; taken when served.
    parked: Option<(Waker, V)>,
}

impl<V> Default for Waiters<V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<V> Waiters<V> {
    pub(crate) const fn new() -> Self {
        Self { places: Vec::new(), free: NONE, head: NONE, tail: NONE }
    }

    /// Whether nobody is waiting (the served that have not left yet do not count).
    #[inline]
    pub(crate) fn is_empty(&self) -> bool {
        self.head == NONE
    }

    /// Joins the end of the line.
    pub(crate) fn park(&mut self, value: V, waker: Waker) -> Ticket {
        let place = Place { prev: self.tail, next: NONE, parked: Some((waker, value)) };
        let index = if self.free == NONE {
            self.places.push(place);
            // Four thousand million parked futures do not fit into memory.
            (self.places.len() - 1) as u32
        } else {
            let index = self.free;
            self.free = self.places[index as usize].next;
            self.places[index as usize] = place;
            index
        };
        match self.tail {
            NONE => self.head = index,
            tail => self.places[tail as usize].next = index,
        }
        self.tail = index;
        Ticket(index)
    }

    /// Joins the front of the line: for a place that was served in vain and is parked again.
    pub(crate) fn park_front(&mut self, value: V, waker: Waker) -> Ticket {
        let ticket = self.park(value, waker);
        let index = ticket.0;
        if self.head != index {
            self.unlink(index);
            let head = std::mem::replace(&mut self.head, index);
            let place = &mut self.places[index as usize];
            (place.prev, place.next) = (NONE, head);
            self.places[head as usize].prev = index;
        }
        ticket
    }

    /// Everybody's waker in the order of the line; nobody leaves it.
    pub(crate) fn wakers(&self) -> impl Iterator<Item = Waker> {
        let mut index = self.head;
        std::iter::from_fn(move || {
            let place = self.places.get(index as usize)?;
            index = place.next;
            place.parked.as_ref().map(|(waker, _)| waker.clone())
        })
    }

    /// Everybody's value in the order of the line; nobody leaves it.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        let mut index = self.head;
        std::iter::from_fn(move || {
            let place = self.places.get(index as usize)?;
            index = place.next;
            place.parked.as_ref().map(|(_, value)| value)
        })
    }

    /// Takes the longest waiting out of the line: its waker, to be woken after unlocking, and its value.
    pub(crate) fn serve(&mut self) -> Option<(Waker, V)> {
        if self.head == NONE {
            return None;
        }
        let index = self.head;
        let parked = self.places[index as usize].parked.take();
        self.unlink(index);
        parked
    }

    /// Takes everybody whose value is wanted out of the line, in order. Walks along the whole line.
    pub(crate) fn serve_where(&mut self, wanted: impl Fn(&V) -> bool) -> Vec<(Waker, V)> {
        let mut served = Vec::new();
        let mut index = self.head;
        while index != NONE {
            let place = &mut self.places[index as usize];
            let next = place.next;
            if place.parked.as_ref().is_some_and(|(_, value)| wanted(value)) {
                served.extend(place.parked.take());
                self.unlink(index);
            }
            index = next;
        }
        served
    }

    /// The value of the longest waiting.
    pub(crate) fn peek(&self) -> Option<&V> {
        if self.head == NONE {
            return None;
        }
        self.places[self.head as usize].parked.as_ref().map(|(_, value)| value)
    }

    /// Whether this place has been served.
    #[inline]
    pub(crate) fn is_served(&self, ticket: &Ticket) -> bool {
        self.places[ticket.0 as usize].parked.is_none()
    }

    /// Keeps the waker of a waiting place current. Returns the replaced waker, to be dropped after unlocking.
    #[must_use = "a waker is dropped after unlocking"]
    pub(crate) fn refresh(&mut self, ticket: &Ticket, waker: &Waker) -> Option<Waker> {
        match &mut self.places[ticket.0 as usize].parked {
            Some((parked, _)) if !parked.will_wake(waker) => Some(std::mem::replace(parked, waker.clone())),
            _ => None,
        }
    }

    /// Gives the place back: its waker and value if it was still waiting, `None` if it had been served.
    #[must_use = "a waker and a value are dropped after unlocking; `None` means: what was served is now yours to pass on"]
    pub(crate) fn leave(&mut self, ticket: Ticket) -> Option<(Waker, V)> {
        let index = ticket.0;
        let parked = self.places[index as usize].parked.take();
        if parked.is_some() {
            self.unlink(index);
        }
        self.places[index as usize].next = self.free;
        self.free = index;
        parked
    }

    /// How many places there are, free or not.
    #[cfg(test)]
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    fn unlink(&mut self, index: u32) {
        let Place { prev, next, .. } = self.places[index as usize];
        match prev {
            NONE => self.head = next,
            prev => self.places[prev as usize].next = next,
        }
        match next {
            NONE => self.tail = prev,
            next => self.places[next as usize].prev = prev,
        }
    }
}
