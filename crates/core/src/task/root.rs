//! A task's root scope, while it is polled.
//!
//! Invariants:
//! 1. The body is dropped before the task is over: whoever learns of the end finds its locals gone.
//! 2. A task that was killed before its first poll never polls its body.
//! 3. A kill is looked for before and after each poll of the body, so one that comes during a poll acts at the
//!    suspension that ends it. A body that ends in that poll ends as it would have.
//! 4. The root waits for its children and for what it adopted, whatever the body did, unless the grace is over.
//! 5. The task's own clean-up, its parting, is polled last: when the body is dropped and nothing that was adopted is left. It
//!    runs under a scope of its own, which no kill reaches.
//! 6. Dropped by the runtime before its end, the task is lost: nothing runs, and everybody learns of it.

use std::any::Any;
use std::mem;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::time::{Instant, sleep_until};

use super::orphan::rehome;
use super::outcome::{Failure, Outcome};
use crate::exit::{Exit, PanicInfo, Payload, bury, contain, swallow};
use crate::record::{Cell, End, Phase, Record, control};
use crate::scope::{
    Ending, Suspend, TaskFrame, TaskSide, Verdict, discard, enter_task, leave_task, poll_sheltered, sheltered,
};

/// A task's cell, and its side if it has one.
pub(crate) struct Root<V: Send + 'static> {
    cell: Untold<V>,
    side: Option<Box<TaskSide>>,
    /// Work for the suspension that ends this poll.
    hook: Option<Arc<dyn Suspend>>,
}

impl<V: Send + 'static> Root<V> {
    #[inline]
    pub(crate) fn new(cell: Arc<Cell<V>>) -> Self {
        let side = if cell.facts().has_side() { take_side(&*cell) } else { None };
        Self { cell: Untold(Some(cell)), side, hook: None }
    }

    #[inline]
    pub(crate) fn into_cell(self) -> Arc<Cell<V>> {
        let cell = self.cell.take();
        if let Some(side) = self.side {
            put_side(&*cell, side);
        }
        cell
    }

    /// Polls the task. Nothing is given back at its end.
    pub(crate) fn poll<F, J, P>(
        mut self,
        mut body: Pin<&mut Option<F>>,
        parting: Pin<&mut Option<P>>,
        cx: &mut Context<'_>,
    ) -> Option<Self>
    where
        F: Future,
        J: Outcome<F::Output, Value = V>,
        P: Future<Output = ()>,
    {
        loop {
            let facts = self.cell.facts();
            let first = facts.phase() == Phase::Scheduled;
            let killed = facts.is_killed();
            facts.set_phase(Phase::Running);
            if body.is_none() {
                return self.drain(body, parting, cx);
            }
            let (mut settled, mut before) = (false, None);
            if let Some(side) = self.side.as_mut() {
                if killed {
                    side.scope.cancel();
                }
                settled = side.scope.place.is_some();
                before = side.scope.attend(cx).0;
            }
            if killed && (!settled || before == Some(Verdict::Innermost)) {
                let ending = discard(body.as_mut(), Ending::Cancelled);
                return self.conclude(ending, body, parting, cx);
            }
            let polled;
            (self, polled) =
                self.inside(cx, |cx| body.as_mut().as_pin_mut().map(|body| body.poll(cx).map(J::judge)));
            match polled {
                Ok(Some(Poll::Ready(result))) => {
                    let ending = discard(body.as_mut(), Ending::Value(result));
                    return self.conclude(ending, body, parting, cx);
                }
                Ok(_) => {}
                Err(payload) => {
                    let ending = discard(body.as_mut(), Ending::Panicked(payload));
                    return self.conclude(ending, body, parting, cx);
                }
            }
            let facts = self.cell.facts();
            facts.set_phase(Phase::Parked);
            let late = if first { self.cell.park(cx.waker()) } else { facts.is_killed() };
            if late && !killed {
                continue;
            }
            if let Some(side) = self.side.as_mut()
                && side.scope.judge(before, settled, cx)
            {
                let ending = discard(body.as_mut(), Ending::Cancelled);
                return self.conclude(ending, body, parting, cx);
            }
            return self.suspend(body, parting, cx);
        }
    }

    /// Dropped by the runtime.
    pub(crate) fn lose<F, P>(mut self, mut body: Pin<&mut Option<F>>, mut parting: Pin<&mut Option<P>>) {
        if let Some(side) = self.side.as_mut() {
            side.die();
        }
        swallow(|| body.set(None));
        swallow(|| parting.set(None));
        self.end(End::Exit(Exit::Lost));
    }

    /// Runs code with this task as the current one; beside it, what the root adopted.
    #[inline]
    fn inside<R>(
        self,
        cx: &mut Context<'_>,
        code: impl FnOnce(&mut Context<'_>) -> R,
    ) -> (Self, Result<R, Payload>) {
        let Self { cell, mut side, hook } = self;
        let cell = cell.take();
        let mut adopted = match side.as_mut() {
            Some(side) => mem::take(&mut side.scope.adopted),
            None => Vec::new(),
        };
        let entered = enter_task(TaskFrame { record: cell, side, hook });
        if !adopted.is_empty() {
            // Each is contained by itself.
            let _ = poll_sheltered(&mut adopted, cx);
        }
        let result = contain(|| code(cx));
        let Some(TaskFrame { record, mut side, hook }) = leave_task(entered) else {
            unreachable!("polls nest")
        };
        let Ok(cell) = (record as Arc<dyn Any + Send + Sync>).downcast() else { unreachable!("polls nest") };
        if let Some(side) = side.as_mut().filter(|_| !adopted.is_empty()) {
            side.scope.adopted.append(&mut adopted);
        }
        (Self { cell: Untold(Some(cell)), side, hook }, result)
    }

    /// The body is over and dropped. Done if nothing else is left.
    #[inline]
    fn conclude<F: Future, P: Future<Output = ()>>(
        mut self,
        ending: Ending<Result<V, Failure>>,
        body: Pin<&mut Option<F>>,
        mut parting: Pin<&mut Option<P>>,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let end = match ending {
            Ending::Value(Ok(value)) => End::Value(value),
            Ending::Value(Err(error)) => End::Exit(Exit::Failed(error)),
            Ending::Panicked(payload) => End::Exit(Exit::Panicked(report(&*self.cell, payload))),
            Ending::Cancelled => End::Killed,
        };
        if self.side.as_ref().is_none_or(|side| side.scope.is_empty()) {
            // Most partings have nothing to wait for.
            if parting.is_some() {
                self = self.part(parting.as_mut(), cx);
            }
            if parting.is_none() && self.side.as_ref().is_none_or(|side| side.scope.is_empty()) {
                self.end(end);
                return None;
            }
        }
        self.cell.settle(end);
        self.drain(body, parting, cx)
    }

    /// The body is over: polls what was adopted until nothing is left, and then the parting.
    #[cold]
    fn drain<F: Future, P: Future<Output = ()>>(
        mut self,
        body: Pin<&mut Option<F>>,
        mut parting: Pin<&mut Option<P>>,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        loop {
            let before = self.side.as_mut().map_or(0, |side| {
                let _ = side.scope.attend(cx);
                side.scope.adopted.len()
            });
            let waits;
            if before > 0 {
                self = self.inside(cx, |_| ()).0;
                waits = self.side.as_ref().is_some_and(|side| side.scope.adopted.len() >= before);
            } else if parting.is_some() {
                self = self.part(parting.as_mut(), cx);
                // What it left behind is looked at before it is polled again.
                waits =
                    parting.is_some() && self.side.as_ref().is_none_or(|side| side.scope.adopted.is_empty());
            } else {
                self.end(End::Settled);
                return None;
            }
            if waits {
                self.cell.facts().set_phase(Phase::Parked);
                // If the body ended in its first poll, this is the first suspension: a kill may want to set a limit.
                let _ = self.cell.park(cx.waker());
                return self.suspend(body, parting, cx);
            }
        }
    }

    /// Polls the parting, sheltered from kills, and drops it when it is over.
    fn part<P: Future<Output = ()>>(
        mut self,
        mut parting: Pin<&mut Option<P>>,
        cx: &mut Context<'_>,
    ) -> Self {
        // The root's own scope may have been cancelled; what the parting opens stands under one that is not.
        if let Some(side) = self.side.as_mut().filter(|side| !side.parting) {
            rehome(side.scope.leave(None));
            side.parting = true;
        }
        let polled;
        (self, polled) =
            self.inside(cx, |cx| sheltered(|| parting.as_mut().as_pin_mut().map(|it| it.poll(cx))));
        match polled {
            Ok(Some(Poll::Pending)) => {
                // Whoever must wait may be out of grace.
                self.side.get_or_insert_default().parting = true;
                return self;
            }
            Ok(_) => {}
            Err(payload) => {
                let panic = PanicInfo::of(payload);
                tracing::error!(task = %self.cell.facts().id, %panic, "the clean-up of a task panicked");
            }
        }
        swallow(|| parting.set(None));
        self
    }

    /// Still alive after a poll: work for the suspension, and the grace of a kill.
    #[inline]
    fn suspend<F, P>(
        mut self,
        mut body: Pin<&mut Option<F>>,
        mut parting: Pin<&mut Option<P>>,
        cx: &mut Context<'_>,
    ) -> Option<Self> {
        let unfinished = self.hook.take().and_then(|hook| run_hook(hook, cx));
        if self.side.as_mut().is_none_or(|side| !work_and_grace(side, &*self.cell, cx)) {
            if unfinished.is_some() {
                self.side.get_or_insert_default().hooks.extend(unfinished);
            }
            return Some(self);
        }
        if let Some(side) = self.side.as_mut() {
            side.die();
        }
        // What panics while it is dropped changes nothing any more.
        swallow(|| body.set(None));
        swallow(|| parting.set(None));
        self.end(End::CutOff);
        None
    }

    /// Drops what is left, and tells everybody.
    #[inline]
    fn end(self, end: End<V>) {
        let Self { cell, side, hook } = self;
        // Nothing suspends any more.
        if let Some(hook) = hook {
            swallow(|| hook.task_over());
        }
        if let Some(mut side) = side {
            // A scope that was sent to another thread may have been dropped there a moment ago.
            rehome(side.scope.leave(None));
            side.empty();
        }
        cell.take().finish(end);
    }
}

/// A cell whose end is not told. If a panic passes through our own code, whoever waits must learn of an end all the
/// same.
struct Untold<V: Send + 'static>(Option<Arc<Cell<V>>>);

impl<V: Send + 'static> Untold<V> {
    #[inline]
    fn take(mut self) -> Arc<Cell<V>> {
        let Some(cell) = self.0.take() else { unreachable!("taken once") };
        cell
    }
}

impl<V: Send + 'static> Deref for Untold<V> {
    type Target = Cell<V>;

    #[inline]
    fn deref(&self) -> &Cell<V> {
        let Some(cell) = &self.0 else { unreachable!("taken once") };
        cell
    }
}

impl<V: Send + 'static> Drop for Untold<V> {
    #[inline]
    fn drop(&mut self) {
        if let Some(cell) = self.0.take() {
            cell.finish(End::Exit(Exit::Panicked(PanicInfo::without_payload())));
        }
    }
}

/// Does the work that waited for a suspension. `true` if the task was killed and its grace is over.
#[cold]
fn work_and_grace(side: &mut TaskSide, record: &dyn Record, cx: &mut Context<'_>) -> bool {
    for hook in mem::take(&mut side.hooks) {
        side.hooks.extend(run_hook(hook, cx));
    }
    if !record.facts().is_killed() {
        return false;
    }
    let Some(deadline) = control(record, |control| control.kill_order().and_then(|order| order.deadline))
    else {
        return false;
    };
    // Not left to the timer alone: it does not fire in a task that uses up tokio's budget in each poll.
    if Instant::now() >= deadline {
        return true;
    }
    if side.grace.is_none() {
        match contain(|| Box::pin(sleep_until(deadline))) {
            Ok(grace) => side.grace = Some(grace),
            Err(payload) => {
                tracing::error!(task = %record.facts().id, "the grace of a kill needs a runtime with a timer");
                bury(payload);
            }
        }
    }
    let Some(grace) = side.grace.as_mut() else { return false };
    if grace.deadline() != deadline {
        grace.as_mut().reset(deadline);
    }
    grace.as_mut().poll(cx).is_ready()
}

/// Given back if its work could not be finished.
fn run_hook(hook: Arc<dyn Suspend>, cx: &mut Context<'_>) -> Option<Arc<dyn Suspend>> {
    let mut unfinished = None;
    // The hook is moved in, so that it is dropped in there too.
    swallow(|| {
        if hook.clone().poll_suspend(cx).is_pending() {
            unfinished = Some(hook);
        }
    });
    unfinished
}

/// A task's side lies in its cell between two polls.
#[cold]
fn take_side(record: &dyn Record) -> Option<Box<TaskSide>> {
    record.facts().set_has_side(false);
    control(record, |control| control.rare().side.take())?.downcast().ok()
}

#[cold]
pub(crate) fn put_side(record: &dyn Record, side: Box<TaskSide>) {
    control(record, |control| control.rare().side = Some(side));
    record.facts().set_has_side(true);
}

/// A panic reaches the log, with the task it ended.
#[cold]
fn report(record: &dyn Record, payload: Payload) -> PanicInfo {
    let panic = PanicInfo::of(payload);
    let facts = record.facts();
    tracing::error!(task = %facts.id, name = facts.name(), spawned_at = %facts.spawned_at, %panic, "a task panicked");
    panic
}
