//! One call of `map` or its siblings.

use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, OnceLock, Weak};
use std::task::{Context, Waker};

use tokio::runtime::Handle;

use super::board::Board;
use super::pace::{Calm, Pace};
use super::results::Results;
use super::source::{Pulled, Source};
use super::staff::Hand;
use super::worker::Worker;
use crate::crew::{Applicant, Claimed, Crew, Slot};
use crate::exit::{Exit, PanicInfo, Payload, Reason};
use crate::record::TaskId;
use crate::scope::with_current;
use crate::sync::{Mutex, MutexGuard};
use crate::task::{AnyTask, NoParting, Outcome, Plain, TaskBuilder, TaskError};
use crate::waiter::{Ticket, Wakers};

/// What the reader of a job knows of it.
pub(super) trait Work<T>: Send + Sync {
    fn board(&self) -> MutexGuard<'_, Board<T>>;

    /// The first poll of the reader. Called by a member it gives the work back, to be done in place.
    fn begin(self: Arc<Self>) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>>;

    /// There is more room.
    fn read(&self, board: MutexGuard<'_, Board<T>>);

    /// The reader is dropped.
    fn dismiss(&self);
}

pub(super) struct Job<I, F, J, T> {
    pub(super) crew: Arc<Crew>,
    pub(super) source: Source<I>,
    pub(super) f: F,
    pub(super) board: Mutex<Board<T>>,
    pub(super) called_at: &'static Location<'static>,
    /// Where workers run and whose they are, from the first poll on.
    home: OnceLock<(Handle, Option<TaskId>)>,
    /// For workers and the line.
    me: Weak<Self>,
    pub(super) calm: Calm,
    outcome: PhantomData<fn() -> J>,
}

/// A job to be read, which has not begun.
pub(super) fn job<I, F, Fut, J>(
    crew: &Arc<Crew>,
    items: I,
    f: F,
    results: Results<J::Value>,
    called_at: &'static Location<'static>,
) -> Arc<dyn Work<J::Value>>
where
    I: IntoIterator,
    I::IntoIter: Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    Arc::new_cyclic(|me| Job::<I::IntoIter, F, J, J::Value> {
        crew: crew.clone(),
        source: Source::new(items.into_iter()),
        f,
        board: Mutex::new(Board::new(results)),
        called_at,
        home: OnceLock::new(),
        me: me.clone(),
        calm: Calm::default(),
        outcome: PhantomData,
    })
}

/// What a worker does next.
pub(super) enum Turn {
    Pull,
    /// Wait to be woken.
    Idle,
    /// End: there is nothing to do, or somebody else wants the slot.
    End,
}

impl<I, F, Fut, J> Job<I, F, J, J::Value>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    /// Sees to it that somebody looks for the next item as long as there is room; and wakes whoever must hear.
    /// Without `may_hire` only among those who are there.
    pub(super) fn call(&self, mut board: MutexGuard<'_, Board<J::Value>>, may_hire: bool) {
        let (mut wakers, mut hired) = (Wakers::default(), Vec::new());
        while board.wants_looker() {
            if let Some(waker) = board.staff.rouse() {
                wakers.push(waker);
                continue;
            }
            let at_work = board.staff.len();
            let is_full = at_work > 0 && at_work >= self.crew.size();
            if !may_hire || is_full || board.inline || board.claim.is_some() {
                break;
            }
            // Whoever calls has a handle.
            let Some(me) = self.me.upgrade() else { break };
            match self.crew.claim(|| me.clone()) {
                Claimed::Slot(slot) => hired.push((me, board.staff.hire(), slot)),
                Claimed::Queued(ticket, idler) => {
                    board.claim = Some(ticket);
                    idler.into_iter().for_each(|idler| wakers.push(idler));
                }
                Claimed::Closed(reason) => {
                    if at_work == 0 {
                        board.give_up(TaskError::Killed(reason));
                    }
                    break;
                }
            }
        }
        self.tell(&mut board, &mut wakers);
        drop(board);
        wakers.wake();
        hired.into_iter().for_each(|(me, hand, slot)| me.hire(hand, slot));
    }

    /// Adds whoever must hear that nothing is pulled any more, or that all is over.
    fn tell(&self, board: &mut Board<J::Value>, wakers: &mut Wakers) {
        if !board.done {
            return;
        }
        if let Some(ticket) = board.claim.take() {
            self.crew.withdraw(ticket);
        }
        board.tell(wakers);
    }

    fn hire(self: &Arc<Self>, hand: Hand, slot: Slot) {
        let Some((runtime, parent)) = self.home.get() else { return };
        let builder = TaskBuilder::new().on(runtime);
        let worker = Worker::<I, F, Fut, J>::new(self.clone(), hand);
        builder.launch_known::<_, Plain, NoParting>(worker, None, self.called_at, *parent, |task| {
            self.crew.enter(task.clone(), Some(slot));
            let dismissed = {
                let mut board = self.board.lock();
                board.staff.set_task(hand, task);
                board.dismissed
            };
            let job = self.clone();
            task.on_end(move |task| job.ended(hand, task.exit().unwrap_or(Exit::Lost)));
            if dismissed {
                task.kill_nowait();
            }
        });
    }

    /// A worker is over, and so is the item that it was in.
    pub(super) fn ended(&self, hand: Hand, exit: Exit) {
        let mut board = self.board.lock();
        let Some(lost) = board.staff.leave(hand) else { return };
        let finished = exit.is_finished();
        let lost = lost.filter(|_| !finished);
        if let Some(index) = lost {
            drop(board);
            self.deliver(hand, index, Err(TaskError::from_exit(exit.clone())));
            board = self.board.lock();
        }
        let in_vain = !finished && lost.is_none();
        if in_vain && !board.done && board.staff.len() == 0 && board.claim.is_none() {
            board.give_up(TaskError::from_exit(exit));
        }
        // Who is killed before it could do anything is not replaced: its group is being killed.
        self.call(board, !in_vain);
    }

    /// An item has suspended, for the first time.
    pub(super) fn suspended(&self, hand: Hand, index: usize) {
        let mut board = self.board.lock();
        board.staff.suspend(hand, index);
        let reader = board.reader_of(1);
        if board.failure.as_ref().is_some_and(|(first, _)| *first < index) {
            drop(board);
            late(with_current(|record| AnyTask(record.clone())));
        } else {
            self.call(board, true);
        }
        reader.into_iter().for_each(Waker::wake);
    }

    /// An item is over, and its worker does not ask for another one yet.
    pub(super) fn deliver(&self, hand: Hand, index: usize, result: Result<J::Value, TaskError>) {
        let mut board = self.board.lock();
        board.staff.resume(hand);
        match result {
            Err(error) if board.results.is_gathered() => {
                drop(board);
                self.source.close();
                let mut board = self.board.lock();
                let first = board.fail(index, error);
                let after = board.staff.after(first);
                drop(board);
                late(after);
            }
            result => {
                board.results.put(index, result);
                let reader = board.reader_of(1);
                drop(board);
                reader.into_iter().for_each(Waker::wake);
            }
        }
    }

    /// A worker of a stream asks for room for one more item, and may bring the result of the last. With `fair` it goes
    /// if somebody wants its slot.
    pub(super) fn exchange(
        &self,
        hand: Hand,
        kept: &mut Option<(usize, Result<J::Value, TaskError>)>,
        idle: &mut Idle,
        mut fair: bool,
        cx: &Context<'_>,
    ) -> Turn {
        let mut board = self.board.lock();
        board.staff.resume(hand);
        if let Some((index, result)) = kept.take() {
            board.results.put(index, result);
        }
        let own = board.claim.is_some();
        let woken = idle.room.take().map(|ticket| board.staff.leave_idle(ticket));
        fair |= woken.is_some();
        let turn = if board.done || (fair && !board.inline && self.crew.is_wanted(own)) {
            Turn::End
        } else if board.room() > 0 {
            board.staff.look(hand, true);
            board.flight += 1;
            Turn::Pull
        } else if !board.inline && !self.crew.idle(own, &mut idle.slot, cx.waker()) {
            Turn::End
        } else {
            idle.room = Some(board.staff.idle(hand, cx.waker()));
            Turn::Idle
        };
        // While results come one right after another, the reader need not be woken for each.
        let reader = board.reader_of(if matches!(turn, Turn::Pull) && !fair { HANDFUL } else { 1 });
        drop(board);
        drop(woken);
        reader.into_iter().for_each(Waker::wake);
        if let Turn::Pull | Turn::End = turn
            && let Some(ticket) = idle.slot.take()
        {
            self.crew.leave_idlers(ticket);
        }
        turn
    }

    /// Pulls the next item. After the last, or a panic of the iterator, nothing is left to do.
    #[inline]
    pub(super) fn pull(&self, hand: Hand, pace: &mut Pace) -> Option<(usize, I::Item)> {
        let (pulled, met) = self.source.pull();
        pace.meet(met);
        match pulled {
            Pulled::Item(index, item) => return Some((index, item)),
            Pulled::Panicked(index, payload) => {
                self.exhaust(false);
                let panic = self.report(index, payload);
                self.deliver(hand, index, Err(TaskError::Panicked(panic)));
            }
            Pulled::End => self.exhaust(true),
        }
        None
    }

    fn exhaust(&self, unused: bool) {
        let mut board = self.board.lock();
        board.done = true;
        // What was reserved for it.
        board.flight -= usize::from(unused && !board.results.is_gathered());
        self.call(board, false);
    }

    /// A worker has had its turn. `true` if it goes: its slot is wanted, or there are too many to look.
    pub(super) fn has_had_turn(&self, hand: Hand, is_crowded: bool) -> bool {
        let mut board = self.board.lock();
        board.staff.resume(hand);
        if board.inline {
            return false;
        }
        if is_crowded && board.lookers > 1 {
            board.lookers -= 1;
            self.calm.set(true);
            return true;
        }
        self.crew.is_wanted(board.claim.is_some())
    }

    /// Whether a worker goes because somebody else waits for its slot.
    pub(super) fn is_wanted(&self) -> bool {
        // Nearly always nobody waits.
        self.crew.is_wanted(false) && {
            let board = self.board.lock();
            !board.inline && self.crew.is_wanted(board.claim.is_some())
        }
    }

    /// Items have become long: as many look as can run.
    #[cold]
    pub(super) fn stir(&self) {
        self.calm.set(false);
        let mut board = self.board.lock();
        board.lookers = self.home.get().map_or(1, |(runtime, _)| runtime.metrics().num_workers());
        self.call(board, true);
    }

    /// A panic reaches the log, with the map whose item it was.
    #[cold]
    pub(super) fn report(&self, index: usize, payload: Payload) -> PanicInfo {
        let panic = PanicInfo::of(payload);
        tracing::error!(called_at = %self.called_at, item = index, %panic, "an item of a map panicked");
        panic
    }
}

/// So many results are worth a wake, even if their worker has not suspended yet.
const HANDFUL: usize = 16;

/// Where an idle worker waits.
#[derive(Debug, Default)]
pub(super) struct Idle {
    /// For room.
    pub(super) room: Option<Ticket>,
    /// For somebody who wants its slot.
    pub(super) slot: Option<Ticket>,
}

/// Kills those who work on items that do not count any more.
fn late(tasks: impl IntoIterator<Item = AnyTask>) {
    tasks.into_iter().for_each(|task| task.kill().reason("an earlier item failed").nowait());
}

impl<I, F, Fut, J> Applicant for Job<I, F, J, J::Value>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    fn granted(self: Arc<Self>, slot: Slot) {
        let mut board = self.board.lock();
        if let Some(ticket) = board.claim.take() {
            self.crew.withdraw(ticket);
        }
        if !board.wants_looker() {
            drop(board);
            return;
        }
        let hand = board.staff.hire();
        drop(board);
        self.hire(hand, slot);
    }

    fn refused(self: Arc<Self>, reason: &Reason) {
        let mut board = self.board.lock();
        let Some(ticket) = board.claim.take() else { return };
        self.crew.withdraw(ticket);
        if board.staff.len() == 0 {
            board.give_up(TaskError::Killed(reason.clone()));
        }
        self.call(board, false);
    }
}

impl<I, F, Fut, J> Work<J::Value> for Job<I, F, J, J::Value>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    fn board(&self) -> MutexGuard<'_, Board<J::Value>> {
        self.board.lock()
    }

    fn begin(self: Arc<Self>) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        let runtime = Handle::current();
        let lookers = runtime.metrics().num_workers();
        let parent = with_current(|record| record.facts().id);
        let _ = self.home.set((runtime, parent));
        let inline = self.crew.has_current();
        let size = if inline { 1 } else { self.crew.size() };
        let mut board = self.board.lock();
        board.lookers = lookers;
        board.ahead.get_or_insert(size.max(1));
        if !inline {
            self.call(board, true);
            return None;
        }
        board.inline = true;
        board.lookers = 1;
        let hand = board.staff.hire();
        drop(board);
        Some(Box::pin(Worker::<I, F, Fut, J>::new(self.clone(), hand)))
    }

    fn read(&self, board: MutexGuard<'_, Board<J::Value>>) {
        self.call(board, true);
    }

    fn dismiss(&self) {
        let mut board = self.board.lock();
        board.done = true;
        board.dismissed = true;
        let tasks = board.staff.tasks();
        let mut wakers = Wakers::default();
        self.tell(&mut board, &mut wakers);
        drop(board);
        wakers.wake();
        tasks.into_iter().for_each(|task| task.kill().reason("nobody waits for the map any more").nowait());
        self.source.close();
    }
}
