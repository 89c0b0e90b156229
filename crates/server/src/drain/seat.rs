//! A guest's place.

use std::sync::Arc;

use crate::drain::guest::Identity;
use crate::drain::guests::Guests;
use crate::drain::slots::Place;

/// A guest's place in the table, until it is dropped.
pub(crate) struct Seat {
    guests: Arc<Guests>,
    place: Place,
}

impl Guests {
    /// Takes a seat, which goes into the guest's task; [`started`](Self::started) tells the table of that task.
    pub(crate) fn seat(self: &Arc<Self>, identity: Arc<dyn Identity>) -> Seat {
        Seat { place: self.enter(identity), guests: Arc::clone(self) }
    }
}

impl Seat {
    pub(crate) const fn place(&self) -> Place {
        self.place
    }

    /// Gives the place back now: what sat there is not the server's any more, and lives on elsewhere.
    pub(crate) fn detach(&self) {
        self.guests.detach(self.place);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.guests.leave(self.place);
    }
}
