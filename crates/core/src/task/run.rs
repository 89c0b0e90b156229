//! What tokio polls: a task's body in its root scope.
//!
//! Invariants:
//! 1. The body is dropped before the task is over: whoever learns of the end finds its locals gone.
//! 2. A task that was killed before its first poll never polls its body.
//! 3. A kill is looked for before and after each poll of the body, so one that comes during a poll acts at the
//!    suspension that ends it. A body that ends in that poll ends as it would have.
//! 4. The root waits for its children and for what it adopted, whatever the body did, unless the grace is over.
//! 5. Dropped by the runtime before its end, the task is lost: nothing runs, and everybody learns of it.

use std::marker::PhantomData;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::time::sleep_until;

use super::outcome::Outcome;
use crate::exit::{Exit, PanicInfo, contain};
use crate::record::{Cell, Phase, Record, control};
use crate::scope::{Ending, Frame, TaskSide, Verdict, discard, poll_sheltered, pop, push};

pin_project! {
    /// A task's future.
    pub(crate) struct Run<F, J>
    where
        F: Future,
        J: Outcome<F::Output>,
    {
        // Absent while it lies in a frame, and after the end.
        cell: Option<Arc<Cell<J::Value>>>,
        side: Option<Box<TaskSide>>,
        // Absent after the body's end, while adopted clean-ups go on.
        #[pin]
        body: Option<F>,
        outcome: PhantomData<fn() -> J>,
    }

    impl<F, J> PinnedDrop for Run<F, J>
    where
        F: Future,
        J: Outcome<F::Output>,
    {
        fn drop(this: Pin<&mut Self>) {
            this.lose();
        }
    }
}

impl<F, J> Run<F, J>
where
    F: Future,
    J: Outcome<F::Output>,
{
    pub(crate) fn new(cell: Arc<Cell<J::Value>>, body: F) -> Self {
        Self { cell: Some(cell), side: None, body: Some(body), outcome: PhantomData }
    }

    /// Polls the body, and what the root adopted, with this task as the current one.
    fn poll_inside(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Result<Option<Poll<F::Output>>, crate::exit::Payload> {
        let mut this = self.project();
        let Some(cell) = this.cell.take() else { panic!("a task was polled after its end") };
        let mut adopted =
            this.side.as_mut().map(|side| mem::take(&mut side.scope.adopted)).unwrap_or_default();
        push(Frame::Task { record: cell, side: this.side.take() });
        if !adopted.is_empty() {
            let _ = poll_sheltered(&mut adopted, cx);
        }
        let polled = contain(|| this.body.as_mut().as_pin_mut().map(|body| body.poll(cx)));
        if let Some(Frame::Task { record, side }) = pop() {
            *this.cell = (record as Arc<dyn std::any::Any + Send + Sync>).downcast().ok();
            *this.side = side;
        }
        if let Some(side) = this.side.as_mut().filter(|_| !adopted.is_empty()) {
            side.scope.adopted.append(&mut adopted);
        }
        polled
    }

    /// The body is over and dropped. Done if nothing else is left.
    fn conclude(mut self: Pin<&mut Self>, ending: Ending<F::Output>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        let Some(cell) = this.cell.as_ref() else { return Poll::Ready(()) };
        let result = match ending {
            Ending::Value(output) => J::judge(output).map_err(Exit::Failed),
            Ending::Panicked(payload) => Err(Exit::Panicked(report(&**cell, payload))),
            Ending::Cancelled => {
                let order = control(&**cell, |control| control.kill_order().cloned());
                Err(Exit::Killed(order.map(|order| order.reason).unwrap_or_default()))
            }
        };
        if this.side.as_ref().is_none_or(|side| side.scope.place.is_none()) {
            self.end(Some(result));
            return Poll::Ready(());
        }
        cell.settle(result);
        self.drain(cx)
    }

    /// The body is over: polls what was adopted until nothing is left.
    fn drain(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let this = self.as_mut().project();
            let Some(side) = this.side.as_mut() else { break };
            let _ = side.scope.attend(cx);
            if side.scope.adopted.is_empty() {
                break;
            }
            let before = side.scope.adopted.len();
            let _ = self.as_mut().poll_inside(cx);
            let this = self.as_mut().project();
            if this.side.as_ref().is_some_and(|side| side.scope.adopted.len() == before) {
                return self.suspend(cx);
            }
        }
        self.end(None);
        Poll::Ready(())
    }

    /// Still alive after a poll: work for the suspension, and the grace of a kill.
    fn suspend(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.as_mut().project();
        let (Some(cell), Some(side)) = (this.cell.as_ref(), this.side.as_mut()) else { return Poll::Pending };
        for hook in mem::take(&mut side.hooks) {
            if let Ok(Poll::Pending) = contain(|| hook.clone().poll_suspend(cx)) {
                side.hooks.push(hook);
            }
        }
        if !cell.facts().is_killed() {
            return Poll::Pending;
        }
        let order = control(&**cell, |control| control.kill_order().cloned());
        let Some((deadline, reason)) = order.and_then(|order| Some((order.deadline?, order.reason))) else {
            return Poll::Pending;
        };
        let grace = side.grace.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if grace.deadline() != deadline {
            grace.as_mut().reset(deadline);
        }
        if grace.as_mut().poll(cx).is_pending() {
            return Poll::Pending;
        }
        drop(side.die());
        // What panics while it is dropped changes nothing any more.
        drop(discard(this.body, Ending::Cancelled));
        self.end(Some(Err(Exit::CutOff(reason))));
        Poll::Ready(())
    }

    /// Drops what is left, and tells everybody. Without a result, the one settled before stands.
    fn end(self: Pin<&mut Self>, result: Option<Result<J::Value, Exit>>) {
        let this = self.project();
        if let Some(mut side) = this.side.take() {
            // Nothing is adopted any more.
            drop(side.scope.leave(None));
            drop(contain(move || drop(side)));
        }
        if let Some(cell) = this.cell.take() {
            cell.finish(result);
        }
    }

    /// Dropped by the runtime.
    fn lose(mut self: Pin<&mut Self>) {
        let this = self.as_mut().project();
        if this.cell.is_none() {
            return;
        }
        if let Some(side) = this.side.as_mut() {
            drop(side.die());
        }
        drop(discard(this.body, Ending::Cancelled));
        self.end(Some(Err(Exit::Lost)));
    }
}

impl<F, J> Future for Run<F, J>
where
    F: Future,
    J: Outcome<F::Output>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let this = self.as_mut().project();
            let Some(cell) = this.cell.as_ref() else { panic!("a task was polled after its end") };
            let facts = cell.facts();
            let first = facts.phase() == Phase::Scheduled;
            let killed = facts.is_killed();
            facts.set_phase(Phase::Running);
            if this.body.is_none() {
                return self.drain(cx);
            }
            let (mut settled, mut before) = (false, None);
            if let Some(side) = this.side.as_mut() {
                if killed {
                    side.scope.cancel();
                }
                settled = side.scope.place.is_some();
                before = side.scope.attend(cx);
            }
            if killed && (!settled || before == Some(Verdict::Innermost)) {
                let ending = discard(this.body, Ending::Cancelled);
                return self.conclude(ending, cx);
            }
            let polled = self.as_mut().poll_inside(cx);
            let mut this = self.as_mut().project();
            match polled {
                Ok(Some(Poll::Pending)) => {}
                Ok(Some(Poll::Ready(output))) => {
                    let ending = discard(this.body, Ending::Value(output));
                    return self.conclude(ending, cx);
                }
                Err(payload) => {
                    let ending = discard(this.body, Ending::Panicked(payload));
                    return self.conclude(ending, cx);
                }
                Ok(None) => return Poll::Pending,
            }
            let Some(cell) = this.cell.as_ref() else { return Poll::Pending };
            cell.facts().set_phase(Phase::Parked);
            let late = if first { cell.park(cx.waker()) } else { cell.facts().is_killed() };
            if late && !killed {
                continue;
            }
            if let Some(side) = this.side.as_mut()
                && side.scope.judge(before, settled, cx)
            {
                let ending = discard(this.body.as_mut(), Ending::Cancelled);
                return self.conclude(ending, cx);
            }
            return self.suspend(cx);
        }
    }
}

/// A panic reaches the log, with the task it ended.
fn report(record: &dyn Record, payload: crate::exit::Payload) -> PanicInfo {
    let panic = PanicInfo::read(payload);
    let facts = record.facts();
    tracing::error!(task = %facts.id, name = facts.name.as_deref(), spawned_at = %facts.spawned_at, %panic, "a task panicked");
    panic
}
