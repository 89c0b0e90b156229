//! The slots of a crew, and the line before them.

use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::claim::{Applicant, Claim, Claimed};
use super::crew::State;
use super::kill_order::Sentence;
use super::{Crew, Slot};
use crate::exit::Reason;
use crate::sync::{AtomicUsize, Ordering};
use crate::waiter::{Ticket, Waiters, Wakers};

/// How many slots there are, who is on the way to one, and who waits.
pub(super) struct Line {
    /// Slots that are neither free nor a member's.
    on_the_way: usize,
    closed: Option<Reason>,
    claims: Waiters<Claim>,
    counts: Arc<Counts>,
    /// Wait until a slot is free and nobody wants it.
    onlookers: Waiters,
    /// Members that have nothing to do, and go when somebody wants their slot.
    idlers: Waiters,
}

/// What is written under the mutex, and may be read without it as a hint.
#[derive(Debug)]
pub(super) struct Counts {
    size: AtomicUsize,
    /// How many claims there are.
    waiting: AtomicUsize,
}

impl Counts {
    pub(super) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self { size: AtomicUsize::new(size), waiting: AtomicUsize::new(0) })
    }

    fn size(&self) -> usize {
        self.size.load(Ordering::Relaxed)
    }

    fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }
}

impl Line {
    pub(super) fn new(counts: Arc<Counts>) -> Self {
        Self {
            counts,
            on_the_way: 0,
            closed: None,
            claims: Waiters::new(),
            onlookers: Waiters::new(),
            idlers: Waiters::new(),
        }
    }

    /// A slot has become a member's.
    pub(super) fn spent(&mut self) {
        self.on_the_way -= 1;
    }

    /// What is in store for those who come too late.
    pub(super) fn sentence(&self) -> Option<Sentence> {
        self.closed.clone().map(|reason| Sentence { reason, deadline: None })
    }

    fn wait(&self, more: isize) {
        let waiting = self.counts.waiting().saturating_add_signed(more);
        self.counts.waiting.store(waiting, Ordering::Relaxed);
    }

    /// Joins the line. Returns somebody with a slot to spare, to be woken after unlocking.
    fn join(&mut self, claim: Claim, waker: Waker) -> (Ticket, Option<Waker>) {
        self.wait(1);
        let ticket = self.claims.park(claim, waker);
        (ticket, self.idlers.serve().map(|(waker, ())| waker))
    }

    /// Leaves the line. `None` if it had been served: the slot is on the way, and now the caller's.
    fn leave(&mut self, ticket: Ticket) -> Option<(Waker, Claim)> {
        let left = self.claims.leave(ticket);
        if left.is_some() {
            self.wait(-1);
        }
        left
    }
}

impl State {
    fn free(&self) -> usize {
        self.line.counts.size().saturating_sub(self.len().saturating_add(self.line.on_the_way))
    }

    /// Hands free slots to those who wait, in their order.
    pub(super) fn settle(&mut self) -> Grants {
        let mut grants = Grants::default();
        while !self.line.claims.is_empty() && self.free() > 0 {
            let Some((waker, claim)) = self.line.claims.serve() else { break };
            self.line.wait(-1);
            self.line.on_the_way += 1;
            match claim {
                Claim::Future => grants.wakers.push(waker),
                Claim::Applicant(applicant) => grants.applicants.push(applicant),
            }
        }
        if self.free() > 0 || self.line.closed.is_some() {
            while let Some((waker, ())) = self.line.onlookers.serve() {
                grants.wakers.push(waker);
            }
        }
        grants
    }
}

/// Who was served, to be told after unlocking.
#[derive(Default)]
#[must_use = "whoever was served has to be told"]
pub(super) struct Grants {
    wakers: Wakers,
    applicants: Vec<Arc<dyn Applicant>>,
}

impl Grants {
    pub(super) fn hand_out(self, crew: &Arc<Crew>) {
        let Self { wakers, applicants } = self;
        wakers.wake();
        if applicants.is_empty() {
            return;
        }
        // All slots exist before anybody is called, so that none is lost by a panic.
        let applicants: Vec<_> =
            applicants.into_iter().map(|applicant| (applicant, Slot::new(crew))).collect();
        applicants.into_iter().for_each(|(applicant, slot)| applicant.granted(slot));
    }
}

impl Crew {
    pub(crate) fn size(&self) -> usize {
        self.counts.size()
    }

    pub(crate) fn free(&self) -> usize {
        self.lock().free()
    }

    pub(crate) fn closed(&self) -> Option<Reason> {
        self.lock().line.closed.clone()
    }

    pub(crate) fn resize(self: &Arc<Self>, size: usize) {
        let mut state = self.lock();
        state.line.counts.size.store(size, Ordering::Relaxed);
        let grants = state.settle();
        drop(state);
        grants.hand_out(self);
    }

    /// From now on there are no more slots. Those who wait are told.
    pub(crate) fn close(&self, reason: Reason) {
        let (reason, wakers, applicants) = {
            let mut guard = self.lock();
            let line = &mut guard.line;
            let reason = line.closed.get_or_insert(reason).clone();
            let wakers: Vec<_> = line.claims.wakers().collect();
            let applicants: Vec<_> = line
                .claims
                .values()
                .filter_map(|claim| match claim {
                    Claim::Applicant(applicant) => Some(applicant.clone()),
                    Claim::Future => None,
                })
                .collect();
            let onlookers = Wakers::of_all(&mut line.onlookers);
            drop(guard);
            onlookers.wake();
            (reason, wakers, applicants)
        };
        wakers.into_iter().for_each(Waker::wake);
        applicants.into_iter().for_each(|applicant| applicant.refused(&reason));
    }

    /// A free slot that nobody waits for; `Ok(None)` if there is none, an error if there will be none.
    pub(crate) fn try_slot(self: &Arc<Self>) -> Result<Option<Slot>, Reason> {
        let mut state = self.lock();
        if let Some(reason) = &state.line.closed {
            return Err(reason.clone());
        }
        if state.free() == 0 {
            return Ok(None);
        }
        state.line.on_the_way += 1;
        Ok(Some(Slot::new(self)))
    }

    /// Ready with a slot, or with the reason why there will be none.
    pub(crate) fn poll_slot(
        self: &Arc<Self>,
        ticket: &mut Option<Ticket>,
        cx: &Context<'_>,
    ) -> Poll<Result<Slot, Reason>> {
        let mut guard = self.lock();
        let state = &mut *guard;
        if let Some(reason) = state.line.closed.clone() {
            drop(guard);
            if let Some(ticket) = ticket.take() {
                self.leave_line(ticket);
            }
            return Poll::Ready(Err(reason));
        }
        match ticket {
            Some(waiting) if state.line.claims.is_served(waiting) => {
                let left = ticket.take().and_then(|ticket| state.line.leave(ticket));
                drop(guard);
                drop(left);
                Poll::Ready(Ok(Slot::new(self)))
            }
            Some(waiting) => {
                let replaced = state.line.claims.refresh(waiting, cx.waker());
                drop(guard);
                drop(replaced);
                Poll::Pending
            }
            None if state.free() > 0 => {
                state.line.on_the_way += 1;
                Poll::Ready(Ok(Slot::new(self)))
            }
            none => {
                let (waiting, idler) = state.line.join(Claim::Future, cx.waker().clone());
                *none = Some(waiting);
                drop(guard);
                if let Some(idler) = idler {
                    idler.wake();
                }
                Poll::Pending
            }
        }
    }

    /// A future gives its place up; a slot that was handed to it goes to the next.
    pub(crate) fn leave_line(self: &Arc<Self>, ticket: Ticket) {
        let left = self.lock().line.leave(ticket);
        if left.is_none() {
            drop(Slot::new(self));
        }
    }

    /// A slot for an applicant, now or when it is its turn. May be called under the applicant's own lock.
    pub(crate) fn claim(self: &Arc<Self>, applicant: impl FnOnce() -> Arc<dyn Applicant>) -> Claimed {
        let mut state = self.lock();
        if let Some(reason) = &state.line.closed {
            return Claimed::Closed(reason.clone());
        }
        if state.free() > 0 {
            state.line.on_the_way += 1;
            return Claimed::Slot(Slot::new(self));
        }
        // It is called, not woken.
        let (ticket, idler) = state.line.join(Claim::Applicant(applicant()), Waker::noop().clone());
        Claimed::Queued(ticket, idler)
    }

    /// An applicant gives its place up. Had it been served, it will still be called. May be called under its own lock.
    pub(crate) fn withdraw(&self, ticket: Ticket) {
        let left = self.lock().line.leave(ticket);
        // The applicant itself: whoever calls has another handle to it.
        drop(left);
    }

    /// A slot is given back that no member had.
    pub(super) fn give_back(self: &Arc<Self>) {
        let mut state = self.lock();
        state.line.on_the_way -= 1;
        let grants = state.settle();
        drop(state);
        grants.hand_out(self);
    }

    /// Whether somebody else waits for a slot, as far as one can see without the mutex. `own`: the caller does too.
    pub(crate) fn is_wanted(&self, own: bool) -> bool {
        self.counts.waiting() > usize::from(own)
    }

    /// A member has nothing to do: it will be woken when somebody wants its slot. `false` if somebody does already.
    /// May be called under an applicant's own lock.
    pub(crate) fn idle(&self, own: bool, idler: &mut Option<Ticket>, waker: &Waker) -> bool {
        let mut state = self.lock();
        if state.line.counts.waiting() > usize::from(own) {
            return false;
        }
        if idler.is_none() {
            *idler = Some(state.line.idlers.park((), waker.clone()));
        }
        true
    }

    /// It has something to do again, or goes.
    pub(crate) fn leave_idlers(&self, ticket: Ticket) {
        let left = self.lock().line.idlers.leave(ticket);
        drop(left);
    }

    /// Ready when a slot is free that nobody waits for, with the number of them.
    pub(crate) fn poll_available(&self, ticket: &mut Option<Ticket>, cx: &Context<'_>) -> Poll<usize> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let free = state.free();
        let ready = free > 0 || state.line.closed.is_some();
        let onlookers = &mut state.line.onlookers;
        let (polled, left) = match (ticket.take(), ready) {
            (waiting, true) => (Poll::Ready(free), waiting.and_then(|waiting| onlookers.leave(waiting))),
            (Some(waiting), false) if !onlookers.is_served(&waiting) => {
                let replaced = onlookers.refresh(&waiting, cx.waker());
                *ticket = Some(waiting);
                (Poll::Pending, replaced.map(|waker| (waker, ())))
            }
            // Others were quicker.
            (waiting, false) => {
                let left = waiting.and_then(|waiting| onlookers.leave(waiting));
                *ticket = Some(onlookers.park((), cx.waker().clone()));
                (Poll::Pending, left)
            }
        };
        drop(guard);
        drop(left);
        polled
    }

    pub(crate) fn leave_onlookers(&self, ticket: Ticket) {
        let left = self.lock().line.onlookers.leave(ticket);
        drop(left);
    }
}
