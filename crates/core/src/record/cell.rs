//! The one allocation of a task of ours: facts, state, output.
//!
//! Invariants:
//! 1. The state is under one mutex: a kill's order, the waker, those who wait, the hooks and the output.
//! 2. A kill and a first suspension meet under it: either the kill finds the waker, or the suspending task finds the
//!    kill. Neither can miss the other.
//! 3. The end is told once: [`Cell::finish`] takes joiners and hooks out under the mutex and stores the phase there;
//!    whoever comes later sees the phase. The task has left the roster before anybody can see that it is over.

use std::mem;
use std::sync::Arc;
use std::task::Waker;

use super::{Control, Facts, Hook, KillOrder, Phase, Record, Roster};
use crate::exit::{Exit, swallow};
use crate::sync::Mutex;

/// How a task ended, as told by whoever ran it.
pub(crate) enum End<T> {
    Value(T),
    Exit(Exit),
    /// By the kill that was ordered.
    Killed,
    /// The same, and its clean-ups did not end in time.
    CutOff,
    /// As settled before.
    Settled,
}

/// A task's value.
#[derive(Debug)]
pub(crate) enum Output<T> {
    /// Not there yet, or never.
    Empty,
    Ready(T),
    /// Being copied for somebody, outside of the lock; whoever else wants it waits.
    Lent,
    Taken,
}

pub(crate) struct Cell<T> {
    facts: Facts,
    state: Mutex<State<T>>,
}

pub(crate) struct State<T> {
    pub(crate) control: Control,
    pub(crate) output: Output<T>,
}

impl<T> State<T> {
    /// Returns an exit settled before, to be dropped after unlocking.
    #[must_use = "an error is dropped after unlocking"]
    fn settle(&mut self, end: End<T>) -> Option<Exit> {
        let reason =
            |control: &Control| control.kill_order().map(|order| order.reason.clone()).unwrap_or_default();
        let exit = match end {
            End::Settled => return None,
            End::Value(value) => {
                self.output = Output::Ready(value);
                return None;
            }
            End::Exit(exit) => exit,
            End::Killed => Exit::Killed(reason(&self.control)),
            End::CutOff => Exit::CutOff(reason(&self.control)),
        };
        self.control.rare().exit.replace(exit)
    }
}

impl<T: Send + 'static> Cell<T> {
    pub(crate) fn new(facts: Facts) -> Self {
        Self { facts, state: Mutex::new(State { control: Control::default(), output: Output::Empty }) }
    }

    /// Works on state and output under the mutex. The code must not wake, drop a user's value or call a user.
    #[inline]
    pub(crate) fn with_state<R>(&self, code: impl FnOnce(&mut State<T>) -> R) -> R {
        code(&mut self.state.lock())
    }

    /// The first suspension: leaves the waker. `true` if a kill came before it.
    pub(crate) fn park(&self, waker: &Waker) -> bool {
        self.facts.set_since();
        let mut state = self.state.lock();
        if state.control.waker.is_none() {
            state.control.waker = Some(waker.clone());
        }
        self.facts.is_killed()
    }

    /// Keeps an end that is not told yet.
    pub(crate) fn settle(&self, end: End<T>) {
        let before = self.state.lock().settle(end);
        drop(before);
    }

    /// Tells everybody how it ended.
    pub(crate) fn finish(self: &Arc<Self>, end: End<T>) {
        Roster::remove(&self.facts);
        let (joiners, waker, first, rare) = {
            let mut state = self.state.lock();
            let before = state.settle(end);
            let control = &mut state.control;
            // Only what is rare can have more hooks than one, and an exit settled before.
            let rare =
                control.rare.as_mut().map(|rare| (rare.exit.is_some(), mem::take(&mut rare.hooks), before));
            let ended = rare.as_ref().is_some_and(|(ended, ..)| *ended);
            self.facts.set_phase(if ended { Phase::Ended } else { Phase::Finished });
            (mem::take(&mut control.joiners), control.waker.take(), control.first_hook.take(), rare)
        };
        drop(waker);
        // Before those who wait: who has joined a member of a pool finds its slot free.
        if let Some(hook) = first {
            self.run_hook(hook);
        }
        if let Some((_, hooks, before)) = rare {
            self.run_hooks(hooks, before);
        }
        joiners.wake();
    }

    #[cold]
    fn run_hooks(self: &Arc<Self>, hooks: Vec<(u64, Hook)>, before: Option<Exit>) {
        swallow(|| drop(before));
        hooks.into_iter().for_each(|(_, hook)| self.run_hook(hook));
    }

    fn run_hook(self: &Arc<Self>, hook: Hook) {
        let record: Arc<dyn Record> = self.clone();
        // A hook is ours, but what it wakes or drops may be a user's.
        swallow(|| hook(&record));
    }
}

/// Asks a task to end. The first kill's reason stands; the waker of a parked task is woken.
///
/// Returns the way to start a task that never was: it is dropped by the caller, together with its future.
pub(crate) fn order_kill(record: &dyn Record, order: KillOrder) -> Option<super::control::Starter> {
    let facts = record.facts();
    let (waker, starter) = super::control(record, |control| {
        if facts.is_over() {
            return (None, None);
        }
        control.order_kill(order);
        facts.set_killed();
        (control.waker.clone(), control.rare().starter.take())
    });
    if let Some(waker) = waker {
        waker.wake();
    }
    starter
}

impl<T: Send + 'static> Record for Cell<T> {
    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn lend(&self, code: &mut dyn FnMut(&mut Control)) {
        code(&mut self.state.lock().control);
    }

    fn end(self: Arc<Self>, exit: Exit) {
        self.finish(End::Exit(exit));
    }
}

impl<T> Drop for Cell<T> {
    fn drop(&mut self) {
        if self.facts.phase() != Phase::Ended || self.facts.is_seen() {
            return;
        }
        let state = self.state.lock();
        if let Some(Exit::Failed(error)) = state.control.rare.as_ref().and_then(|rare| rare.exit.as_ref()) {
            let Facts { id, spawned_at, .. } = &self.facts;
            tracing::error!(task = %id, name = self.facts.name(), spawned_at = %spawned_at, %error, "a task failed and nobody looked");
        }
    }
}
