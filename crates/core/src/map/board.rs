//! What a job's workers and its reader share.

use std::mem;
use std::task::Waker;

use super::results::{Results, in_order};
use super::staff::Staff;
use crate::task::TaskError;
use crate::waiter::{Ticket, Wakers};

/// The state of a job.
pub(super) struct Board<T> {
    pub(super) staff: Staff,
    /// How many should look at once: as many as can run at once.
    pub(super) lookers: usize,
    /// The place in the line for one more worker.
    pub(super) claim: Option<Ticket>,
    /// The reader does the work itself.
    pub(super) inline: bool,
    /// Nothing is pulled any more.
    pub(super) done: bool,
    /// The reader is gone.
    pub(super) dismissed: bool,
    /// Of `map`: the first error in the order of the items, so far.
    pub(super) failure: Option<(usize, TaskError)>,
    pub(super) reader: Option<Waker>,
    pub(super) results: Results<T>,
    pub(super) flight: usize,
    /// How many may be in flight.
    pub(super) ahead: Option<usize>,
}

impl<T> Board<T> {
    pub(super) fn new(results: Results<T>) -> Self {
        Self {
            staff: Staff::default(),
            lookers: 1,
            claim: None,
            inline: false,
            done: false,
            dismissed: false,
            failure: None,
            reader: None,
            // A map that gathers has room for all; a stream is told at its start.
            ahead: results.is_gathered().then_some(usize::MAX),
            results,
            flight: 0,
        }
    }

    pub(super) fn room(&self) -> usize {
        self.ahead.unwrap_or(1).saturating_sub(self.flight)
    }

    pub(super) fn wants_looker(&self) -> bool {
        !self.done && self.staff.looking() < self.lookers.min(self.room())
    }

    /// Nobody is at work, and nobody will be.
    pub(super) fn is_over(&self) -> bool {
        self.done && self.staff.len() == 0
    }

    /// Keeps an error if it is the first in order. Returns the index behind which nothing counts.
    pub(super) fn fail(&mut self, index: usize, error: TaskError) -> usize {
        self.done = true;
        match &mut self.failure {
            Some((first, _)) if *first <= index => *first,
            failure => {
                *failure = Some((index, error));
                index
            }
        }
    }

    /// The work cannot go on.
    pub(super) fn give_up(&mut self, error: TaskError) {
        if self.results.is_gathered() {
            self.fail(usize::MAX, error);
        } else {
            self.done = true;
            self.flight += 1;
            self.results.put_last(error);
        }
    }

    /// The reader, to be woken after unlocking, if at least so many results are there for it.
    pub(super) fn reader_of(&mut self, results: usize) -> Option<Waker> {
        if self.results.ready() >= results { self.reader.take() } else { None }
    }

    /// Nothing is pulled any more: adds whoever must hear that, or that all is over.
    pub(super) fn tell(&mut self, wakers: &mut Wakers) {
        while let Some(waker) = self.staff.rouse() {
            wakers.push(waker);
        }
        if self.is_over()
            && let Some(reader) = self.reader.take()
        {
            wakers.push(reader);
        }
    }

    /// All values, or the first error.
    pub(super) fn whole(&mut self) -> Result<Vec<Vec<(usize, T)>>, TaskError> {
        match (self.failure.take(), &mut self.results) {
            (Some((_, error)), _) => Err(error),
            (None, Results::Gathered(bags)) => Ok(mem::take(bags)),
            (None, _) => Ok(Vec::new()),
        }
    }
}

/// The values of a whole map, in the order of the items.
pub(super) fn merge<T>(bags: Vec<Vec<(usize, T)>>) -> Vec<T> {
    in_order(bags)
}
