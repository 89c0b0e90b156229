//! Who of many has to be polled.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Wake, Waker};

use crate::sync::Mutex;

/// Those who have rung and were not polled since, in order.
pub(super) struct Board(Mutex<Calls>);

struct Calls {
    rung: VecDeque<usize>,
    /// Whether a number is in `rung`.
    is_rung: Vec<bool>,
    /// Wakes the one who polls; taken by the first that rings.
    waker: Option<Waker>,
}

/// Wakes by number.
struct Bell {
    index: usize,
    board: Arc<Board>,
}

impl Board {
    /// A board for so many, all of whom have rung.
    pub(super) fn new(len: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(Calls { rung: (0..len).collect(), is_rung: vec![true; len], waker: None })))
    }

    pub(super) fn bell(self: &Arc<Self>, index: usize) -> Waker {
        Waker::from(Arc::new(Bell { index, board: self.clone() }))
    }

    /// The start of a poll: leaves the waker, and tells how many have rung.
    pub(super) fn attend(&self, waker: &Waker) -> usize {
        let mut calls = self.0.lock();
        let replaced = match &calls.waker {
            Some(kept) if kept.will_wake(waker) => None,
            _ => calls.waker.replace(waker.clone()),
        };
        let len = calls.rung.len();
        drop(calls);
        drop(replaced);
        len
    }

    /// The next to be polled.
    pub(super) fn take(&self) -> Option<usize> {
        let mut calls = self.0.lock();
        let index = calls.rung.pop_front()?;
        calls.is_rung[index] = false;
        Some(index)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let waker = {
            let mut calls = self.board.0.lock();
            if calls.is_rung[self.index] {
                return;
            }
            calls.is_rung[self.index] = true;
            calls.rung.push_back(self.index);
            calls.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
