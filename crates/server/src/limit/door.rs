//! A gate with its lock: wakers are woken and dropped outside of it.

use std::task::Waker;

use crate::limit::Rank;
use crate::limit::gate::{Entry, Gate, Ticket};
use crate::sync::Mutex;

pub(super) struct Door(Mutex<Gate>);

impl Door {
    pub(super) const fn new(max: usize) -> Self {
        Self(Mutex::new(Gate::new(max)))
    }

    pub(super) fn max(&self) -> usize {
        self.0.lock().max()
    }

    pub(super) fn reserve(&self) -> usize {
        self.0.lock().reserve()
    }

    pub(super) fn inside(&self) -> usize {
        self.0.lock().inside()
    }

    /// Whether the caller is in now; else it has a ticket, which it must give up by [`forget`](Self::forget).
    pub(super) fn enter(&self, rank: Rank, ticket: &mut Option<Ticket>, waker: &Waker) -> bool {
        let entry = self.0.lock().enter(rank, ticket, waker);
        match entry {
            Entry::In => true,
            Entry::Waits(replaced) => {
                drop(replaced);
                false
            }
        }
    }

    pub(super) fn leave(&self) {
        let woken = self.0.lock().leave();
        if let Some(waker) = woken {
            waker.wake();
        }
    }

    pub(super) fn forget(&self, ticket: Ticket) {
        let (woken, _left) = self.0.lock().forget(ticket);
        if let Some(waker) = woken {
            waker.wake();
        }
    }

    pub(super) fn resize(&self, max: usize) {
        let woken = self.0.lock().resize(max);
        woken.into_iter().for_each(Waker::wake);
    }

    pub(super) fn keep(&self, reserve: usize) {
        let woken = self.0.lock().keep(reserve);
        woken.into_iter().for_each(Waker::wake);
    }
}
