//! What the handles of a thread pool share.
//!
//! Invariants:
//! 1. `busy` counts places: one for each call that was accepted, until its thread has returned from it or it is sure
//!    never to run. Nobody is in the line while a place is free, unless the pool was killed.
//! 2. Whoever is served in the line has a place, and must take it or give it back.
//! 3. A task is a member from its birth until it is over. The pool is idle when there is neither place nor member.
//! 4. Once killed, always killed: nobody is served any more, and whoever is in the line is only woken.

use std::collections::HashMap;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::place::Place;
use crate::record::TaskId;
use crate::sync::Mutex;
use crate::task::AnyTask;
use crate::waiter::{Ticket, Waiters};

pub(super) struct Shared(Mutex<State>);

struct State {
    size: usize,
    busy: usize,
    killed: bool,
    members: HashMap<TaskId, AnyTask>,
    /// Those who wait for a place.
    line: Waiters,
    /// Those who wait for idleness.
    joiners: Waiters,
}

/// Why there is no place.
pub(super) enum NoPlace {
    Full,
    Killed,
}

impl Shared {
    pub(super) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self(Mutex::new(State {
            size,
            busy: 0,
            killed: false,
            members: HashMap::new(),
            line: Waiters::new(),
            joiners: Waiters::new(),
        })))
    }

    pub(super) fn size(&self) -> usize {
        self.0.lock().size
    }

    pub(super) fn busy(&self) -> usize {
        self.0.lock().busy
    }

    pub(super) fn try_take(self: &Arc<Self>) -> Result<Place, NoPlace> {
        let mut state = self.0.lock();
        if state.killed {
            return Err(NoPlace::Killed);
        }
        if state.busy >= state.size {
            return Err(NoPlace::Full);
        }
        state.busy += 1;
        Ok(Place::new(self.clone()))
    }

    /// Waits for a place; an error once the pool is killed.
    pub(super) fn poll_take(
        self: &Arc<Self>,
        waiting: &mut Option<Ticket>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Place, NoPlace>> {
        let mut state = self.0.lock();
        if state.killed {
            drop(state);
            self.leave(waiting);
            return Poll::Ready(Err(NoPlace::Killed));
        }
        let stale = match waiting.take() {
            Some(ticket) if state.line.is_served(&ticket) => {
                let _ = state.line.leave(ticket);
                return Poll::Ready(Ok(Place::new(self.clone())));
            }
            Some(ticket) => {
                let stale = state.line.refresh(&ticket, cx.waker());
                *waiting = Some(ticket);
                stale
            }
            None if state.busy < state.size => {
                state.busy += 1;
                return Poll::Ready(Ok(Place::new(self.clone())));
            }
            None => {
                *waiting = Some(state.line.park((), cx.waker().clone()));
                None
            }
        };
        drop(state);
        drop(stale);
        Poll::Pending
    }

    /// Gives up waiting for a place, and the place if it was served.
    pub(super) fn leave(&self, waiting: &mut Option<Ticket>) {
        let Some(ticket) = waiting.take() else { return };
        let left = self.0.lock().line.leave(ticket);
        if left.is_none() {
            self.give();
        }
    }

    /// A place comes back.
    pub(super) fn give(&self) {
        let mut state = self.0.lock();
        state.busy -= 1;
        let mut wakers = state.admit();
        state.tell_idle(&mut wakers);
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    pub(super) fn resize(&self, size: usize) {
        let mut state = self.0.lock();
        state.size = size;
        let wakers = state.admit();
        drop(state);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Keeps a task until it is over. One that is too late for a kill is killed now.
    pub(super) fn enrol(self: &Arc<Self>, task: &AnyTask) {
        let killed = {
            let mut state = self.0.lock();
            state.members.insert(task.id(), task.clone());
            state.killed
        };
        let shared = self.clone();
        task.on_end(move |task| shared.discharge(task.id()));
        if killed {
            task.kill().reason(KILLED).nowait();
        }
    }

    fn discharge(&self, id: TaskId) {
        let mut wakers = Vec::new();
        let mut state = self.0.lock();
        let task = state.members.remove(&id);
        state.tell_idle(&mut wakers);
        drop(state);
        drop(task);
        wakers.into_iter().for_each(Waker::wake);
    }

    /// From now on nothing is accepted; whatever has not begun never will.
    pub(super) fn kill(&self) {
        let (members, wakers): (Vec<_>, Vec<_>) = {
            let mut state = self.0.lock();
            state.killed = true;
            (state.members.values().cloned().collect(), state.line.wakers().collect())
        };
        for task in members {
            task.kill().reason(KILLED).nowait();
        }
        wakers.into_iter().for_each(Waker::wake);
    }

    /// Ready when no call is left.
    pub(super) fn poll_idle(&self, waiting: &mut Option<Ticket>, cx: &mut Context<'_>) -> Poll<()> {
        let mut state = self.0.lock();
        let stale = match waiting.take() {
            Some(ticket) if state.joiners.is_served(&ticket) => {
                let _ = state.joiners.leave(ticket);
                return Poll::Ready(());
            }
            Some(ticket) => {
                let stale = state.joiners.refresh(&ticket, cx.waker());
                *waiting = Some(ticket);
                stale
            }
            None if state.is_idle() => return Poll::Ready(()),
            None => {
                *waiting = Some(state.joiners.park((), cx.waker().clone()));
                None
            }
        };
        drop(state);
        drop(stale);
        Poll::Pending
    }

    /// Gives up waiting for idleness.
    pub(super) fn leave_joiners(&self, waiting: &mut Option<Ticket>) {
        let Some(ticket) = waiting.take() else { return };
        let left = self.0.lock().joiners.leave(ticket);
        drop(left);
    }
}

/// The reason of a kill of the whole pool.
pub(super) const KILLED: &str = "the thread pool was killed";

impl State {
    fn is_idle(&self) -> bool {
        self.busy == 0 && self.members.is_empty()
    }

    /// Gives free places to those who wait longest.
    fn admit(&mut self) -> Vec<Waker> {
        let mut wakers = Vec::new();
        while !self.killed && self.busy < self.size {
            let Some((waker, ())) = self.line.serve() else { break };
            self.busy += 1;
            wakers.push(waker);
        }
        wakers
    }

    fn tell_idle(&mut self, wakers: &mut Vec<Waker>) {
        if self.is_idle() {
            while let Some((waker, ())) = self.joiners.serve() {
                wakers.push(waker);
            }
        }
    }
}
