//! The workers of a job.

use std::task::Waker;

use crate::task::AnyTask;
use crate::waiter::{Ticket, Waiters};

/// Number of a worker in its job; used again after its end.
pub(super) type Hand = usize;

#[derive(Debug, Default)]
struct Worker {
    /// Absent until it is spawned.
    task: Option<AnyTask>,
    looking: bool,
    /// The item in which it has suspended; or, while it runs, one that was over since.
    item: Option<usize>,
}

/// Who works, who looks for work, and who waits for room.
#[derive(Debug, Default)]
pub(super) struct Staff {
    workers: Vec<Option<Worker>>,
    free: Vec<Hand>,
    looking: usize,
    idle: Waiters<Hand>,
}

impl Staff {
    pub(super) fn len(&self) -> usize {
        self.workers.len() - self.free.len()
    }

    pub(super) fn looking(&self) -> usize {
        self.looking
    }

    /// Room for a worker that is about to start, and is looking already.
    pub(super) fn hire(&mut self) -> Hand {
        self.looking += 1;
        let worker = Some(Worker { looking: true, ..Worker::default() });
        match self.free.pop() {
            Some(hand) => {
                self.workers[hand] = worker;
                hand
            }
            None => {
                self.workers.push(worker);
                self.workers.len() - 1
            }
        }
    }

    fn worker(&mut self, hand: Hand) -> Option<&mut Worker> {
        self.workers.get_mut(hand)?.as_mut()
    }

    pub(super) fn set_task(&mut self, hand: Hand, task: &AnyTask) {
        if let Some(worker) = self.worker(hand) {
            worker.task = Some(task.clone());
        }
    }

    pub(super) fn look(&mut self, hand: Hand, looking: bool) {
        if let Some(worker) = self.worker(hand)
            && worker.looking != looking
        {
            worker.looking = looking;
            self.looking = if looking { self.looking + 1 } else { self.looking - 1 };
        }
    }

    /// A worker has suspended in an item.
    pub(super) fn suspend(&mut self, hand: Hand, item: usize) {
        if let Some(worker) = self.worker(hand) {
            worker.item = Some(item);
        }
        self.look(hand, false);
    }

    /// A worker is in no item that it has suspended in.
    pub(super) fn resume(&mut self, hand: Hand) {
        if let Some(worker) = self.worker(hand) {
            worker.item = None;
        }
    }

    /// A worker is gone. The item that was lost with it, or `None` if there was no such worker.
    pub(super) fn leave(&mut self, hand: Hand) -> Option<Option<usize>> {
        self.look(hand, false);
        let worker = self.workers.get_mut(hand)?.take()?;
        self.free.push(hand);
        Some(worker.item)
    }

    /// Those whose item comes after this one.
    pub(super) fn after(&self, index: usize) -> Vec<AnyTask> {
        let late = |worker: &&Worker| worker.item.is_some_and(|item| item > index);
        self.workers.iter().flatten().filter(late).filter_map(|worker| worker.task.clone()).collect()
    }

    pub(super) fn tasks(&self) -> Vec<AnyTask> {
        self.workers.iter().flatten().filter_map(|worker| worker.task.clone()).collect()
    }

    /// A worker waits for room.
    pub(super) fn idle(&mut self, hand: Hand, waker: &Waker) -> Ticket {
        self.look(hand, false);
        self.idle.park(hand, waker.clone())
    }

    /// Woken, or gone: returns a waker to be dropped after unlocking.
    pub(super) fn leave_idle(&mut self, ticket: Ticket) -> Option<(Waker, Hand)> {
        self.idle.leave(ticket)
    }

    /// The longest idle one is looking again: its waker, to be woken after unlocking.
    pub(super) fn rouse(&mut self) -> Option<Waker> {
        let (waker, hand) = self.idle.serve()?;
        self.look(hand, true);
        Some(waker)
    }
}
