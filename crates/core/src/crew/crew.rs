//! The members.

use std::collections::BTreeMap;
use std::fmt;
use std::mem;
use std::panic::Location;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Slot;
use super::kill_order::{KillOrder, Sentence};
use super::line::{Counts, Line};
use crate::exit::{Exit, Reason};
use crate::record::TaskId;
use crate::scope::{is_sheltered, with_current};
use crate::sync::{Mutex, MutexGuard};
use crate::task::{AnyTask, LinkId, NoParting, Outcome, Task, TaskBuilder};
use crate::waiter::{Ticket, Waiters, Wakers};

/// Tasks, the slots they hold, and those who wait for either.
pub(crate) struct Crew {
    state: Mutex<State>,
    pub(super) counts: Arc<Counts>,
}

pub(super) struct State {
    members: BTreeMap<TaskId, Member>,
    /// How many became members so far: numbers them in their order, which ids do not.
    added: u64,
    detached: bool,
    orders: Vec<KillOrder>,
    ordered: u64,
    /// Wait until there is no member.
    joiners: Waiters,
    pub(super) line: Line,
}

#[derive(Debug)]
struct Member {
    task: AnyTask,
    number: u64,
    /// The hook at its end.
    link: Option<LinkId>,
}

impl State {
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    fn in_order(&self) -> Vec<AnyTask> {
        let mut members: Vec<_> = self.members.values().collect();
        members.sort_unstable_by_key(|member| member.number);
        members.into_iter().map(|member| member.task.clone()).collect()
    }

    /// A member is gone: tells those who wait for the last.
    fn told(&mut self) -> Wakers {
        let mut wakers =
            if self.members.is_empty() { Wakers::of_all(&mut self.joiners) } else { Wakers::default() };
        // One of the members may be the killer itself.
        if self.members.len() <= 1 {
            self.orders
                .iter_mut()
                .filter_map(|order| order.waker.take())
                .for_each(|waker| wakers.push(waker));
        }
        wakers
    }
}

impl Crew {
    pub(super) fn new(size: usize) -> Arc<Self> {
        let counts = Counts::new(size);
        Arc::new(Self {
            state: Mutex::new(State {
                members: BTreeMap::new(),
                added: 0,
                detached: false,
                orders: Vec::new(),
                ordered: 0,
                joiners: Waiters::new(),
                line: Line::new(counts.clone()),
            }),
            counts,
        })
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock()
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    pub(crate) fn contains(&self, task: &AnyTask) -> bool {
        self.lock().members.contains_key(&task.id())
    }

    /// Whether the running code is a member's.
    pub(crate) fn has_current(&self) -> bool {
        let current = with_current(|record| record.facts().id);
        current.is_some_and(|id| self.lock().members.contains_key(&id))
    }

    /// The members, in the order in which they became so.
    pub(crate) fn tasks(&self) -> Vec<AnyTask> {
        self.lock().in_order()
    }

    pub(crate) fn detach(&self) {
        self.lock().detached = true;
    }

    /// Starts a task as a member. A group's tasks need no slot.
    pub(crate) fn spawn<F, J>(
        self: &Arc<Self>,
        builder: TaskBuilder,
        slot: Option<Slot>,
        future: F,
        spawned_at: &'static Location<'static>,
    ) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
    {
        self.spawn_finally::<F, J, NoParting>(builder, slot, future, None, spawned_at)
    }

    /// The same for a task that may have a clean-up of its own.
    pub(crate) fn spawn_finally<F, J, P>(
        self: &Arc<Self>,
        builder: TaskBuilder,
        slot: Option<Slot>,
        future: F,
        parting: Option<P>,
        spawned_at: &'static Location<'static>,
    ) -> Task<J::Value>
    where
        F: Future + Send + 'static,
        J: Outcome<F::Output>,
        P: Future<Output = ()> + Send + 'static,
    {
        builder.launch_known::<F, J, P>(future, parting, spawned_at, None, |task| {
            self.enter(task.clone(), slot);
        })
    }

    /// Makes a task a member, until it ends. One that is a member already stays so, and the slot is given back.
    pub(crate) fn enter(self: &Arc<Self>, task: AnyTask, slot: Option<Slot>) {
        let id = task.id();
        let (number, sentences) = {
            let mut guard = self.lock();
            let state = &mut *guard;
            if state.members.contains_key(&id) {
                drop(guard);
                return;
            }
            let number = state.added;
            state.added += 1;
            state.members.insert(id, Member { task: task.clone(), number, link: None });
            if let Some(slot) = slot {
                slot.spend();
                state.line.spent();
            }
            let mut sentences: Vec<_> = state.line.sentence().into_iter().collect();
            for order in &mut state.orders {
                order.shot.push(task.clone());
                sentences.push(order.sentence.clone());
            }
            (number, sentences)
        };
        let crew = self.clone();
        let link = task.on_end(move |task| {
            crew.leave(task, Some(number));
        });
        let stale = match self.lock().members.get_mut(&id) {
            Some(member) if member.number == number => {
                member.link = Some(link);
                false
            }
            _ => true,
        };
        if stale {
            task.unlink(link);
        }
        sentences.iter().for_each(|sentence| sentence.shoot(&task));
    }

    /// Takes a member out: the one of this number, or whichever. `false` if it is none.
    pub(crate) fn leave(self: &Arc<Self>, task: &AnyTask, number: Option<u64>) -> bool {
        let mut state = self.lock();
        let id = task.id();
        match state.members.get(&id) {
            Some(member) if number.is_none_or(|number| member.number == number) => {}
            _ => return false,
        }
        let member = state.members.remove(&id);
        let told = state.told();
        let grants = state.settle();
        drop(state);
        told.wake();
        grants.hand_out(self);
        if let (None, Some(link)) = (number, member.as_ref().and_then(|member| member.link)) {
            task.unlink(link);
        }
        true
    }

    /// Ready when there was no member for a moment.
    pub(crate) fn poll_empty(&self, ticket: &mut Option<Ticket>, cx: &Context<'_>) -> Poll<()> {
        let mut guard = self.lock();
        let state = &mut *guard;
        let replaced = match ticket {
            Some(waiting) if state.joiners.is_served(waiting) => {
                let _ = ticket.take().map(|ticket| state.joiners.leave(ticket));
                return Poll::Ready(());
            }
            Some(waiting) => state.joiners.refresh(waiting, cx.waker()),
            None if state.members.is_empty() => return Poll::Ready(()),
            none => {
                *none = Some(state.joiners.park((), cx.waker().clone()));
                None
            }
        };
        drop(guard);
        drop(replaced);
        Poll::Pending
    }

    pub(crate) fn leave_joiners(&self, ticket: Ticket) {
        let left = self.lock().joiners.leave(ticket);
        drop(left);
    }

    /// Asks all members to end. With `stay` also those who come before [`end_kill`](Self::end_kill) is told the number.
    pub(crate) fn begin_kill(
        &self,
        reason: Reason,
        deadline: Option<tokio::time::Instant>,
        stay: bool,
    ) -> u64 {
        let sentence = Sentence { reason, deadline };
        let (number, shot) = {
            let mut state = self.lock();
            let shot = state.in_order();
            let number = state.ordered;
            state.ordered += 1;
            if stay {
                let (sentence, shot) = (sentence.clone(), shot.clone());
                state.orders.push(KillOrder { number, sentence, shot, waker: None });
            }
            (number, shot)
        };
        shot.iter().for_each(|task| sentence.shoot(task));
        number
    }

    /// Ready when all are gone; but for the killer itself, if it is a member in its clean-up. Tells how they ended.
    pub(crate) fn poll_kill(&self, number: u64, cx: &Context<'_>) -> Poll<Vec<Exit>> {
        let current = with_current(|record| record.facts().id);
        let mut state = self.lock();
        let is_member = current.is_some_and(|id| state.members.contains_key(&id));
        let stays = is_member && !is_sheltered();
        if !stays && state.len() == usize::from(is_member) {
            drop(state);
            return Poll::Ready(self.end_kill(number));
        }
        let Some(order) = state.orders.iter_mut().find(|order| order.number == number) else {
            return Poll::Ready(Vec::new());
        };
        let replaced = order.waker.replace(cx.waker().clone());
        drop(state);
        drop(replaced);
        Poll::Pending
    }

    /// Nobody is shot any more by this kill. How those ended who were, as far as they have.
    pub(crate) fn end_kill(&self, number: u64) -> Vec<Exit> {
        let order = {
            let mut state = self.lock();
            let index = state.orders.iter().position(|order| order.number == number);
            index.map(|index| state.orders.remove(index))
        };
        let Some(KillOrder { sentence, shot, .. }) = order else { return Vec::new() };
        let to_come = || Exit::Killed(sentence.reason.clone());
        shot.iter().map(|task| task.exit().unwrap_or_else(to_come)).collect()
    }

    /// The last handle is gone.
    pub(super) fn disband(&self) {
        let mut state = self.lock();
        let detached = state.detached;
        let tasks = if detached { Vec::new() } else { state.in_order() };
        let members = mem::take(&mut state.members);
        drop(state);
        drop(members);
        tasks.iter().for_each(AnyTask::kill_nowait);
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Crew");
        out.field("len", &self.len());
        if self.size() != usize::MAX {
            out.field("size", &self.size());
        }
        out.finish_non_exhaustive()
    }
}
