//! Who does the work: item after item, in one task.

use std::error::Error;
use std::fmt;
use std::mem;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tokio::task::yield_now;

use super::job::{Idle, Job, Turn};
use super::judged::Judged;
use super::pace::Pace;
use super::results::Results;
use super::staff::Hand;
use crate::crew::Item;
use crate::exit::{Exit, Payload, contain, drop_then};
use crate::scope::{Locals, swap_locals, take_locals};
use crate::task::{Outcome, TaskError};

/// How an item ended, or its panic.
type Ended<T> = Result<Result<T, Arc<dyn Error + Send + Sync>>, Payload>;

/// The result of an item, on its way.
type Kept<T> = Option<(usize, Result<T, TaskError>)>;

pin_project! {
    /// Pulls items and runs them until there are none, or its slot is wanted.
    pub(super) struct Worker<I, F, Fut, J>
    where
        I: Iterator,
        I: Send,
        I: 'static,
        F: Fn(I::Item) -> Fut,
        F: Send,
        F: Sync,
        F: 'static,
        Fut: Future,
        Fut: Send,
        Fut: 'static,
        J: Outcome<Fut::Output>,
    {
        job: Arc<Job<I, F, J, J::Value>>,
        hand: Hand,
        // It works in the reader's own task, which has own values of its own.
        inline: bool,
        // Values are gathered here until the end.
        gathers: bool,
        bag: Vec<(usize, J::Value)>,
        // In a stream: told when the worker asks for the next item.
        kept: Kept<J::Value>,
        #[pin]
        item: Option<Item<Judged<Fut, J>>>,
        index: usize,
        // Whether the item has suspended.
        noted: bool,
        // Inline: the item's own values between two polls.
        locals: Locals,
        idle: Idle,
    }

    impl<I, F, Fut, J> PinnedDrop for Worker<I, F, Fut, J>
    where
        I: Iterator,
        I: Send,
        I: 'static,
        F: Fn(I::Item) -> Fut,
        F: Send,
        F: Sync,
        F: 'static,
        Fut: Future,
        Fut: Send,
        Fut: 'static,
        J: Outcome<Fut::Output>,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            let mut item = this.item;
            drop_then(|| item.set(None), || {
            let left = {
                let mut board = this.job.board.lock();
                if let Results::Gathered(bags) = &mut board.results
                    && !this.bag.is_empty()
                {
                    bags.push(mem::take(this.bag));
                }
                this.idle.room.take().map(|ticket| board.staff.leave_idle(ticket))
            };
            drop(left);
            if let Some(ticket) = this.idle.slot.take() {
                this.job.crew.leave_idlers(ticket);
            }
            if *this.inline {
                // There is no task whose end would tell.
                this.job.ended(*this.hand, Exit::Finished);
            }
            });
        }
    }
}

impl<I, F, Fut, J> Worker<I, F, Fut, J>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    pub(super) fn new(job: Arc<Job<I, F, J, J::Value>>, hand: Hand) -> Self {
        let (inline, gathers) = {
            let board = job.board.lock();
            (board.inline, board.results.is_gathered())
        };
        Self {
            job,
            hand,
            inline,
            gathers,
            bag: Vec::new(),
            kept: None,
            item: None,
            index: 0,
            noted: false,
            locals: Locals::default(),
            idle: Idle::default(),
        }
    }

    /// Starts the next item. Ready with `false` if there is none, or none any more for this worker.
    #[inline]
    fn poll_next(mut self: Pin<&mut Self>, pace: &mut Pace, fair: bool, cx: &Context<'_>) -> Poll<bool> {
        let mut this = self.as_mut().project();
        if !*this.gathers {
            match this.job.exchange(*this.hand, this.kept, this.idle, fair, cx) {
                Turn::Pull => {}
                Turn::Idle => return Poll::Pending,
                Turn::End => return Poll::Ready(false),
            }
        } else if fair && this.job.is_wanted() {
            return Poll::Ready(false);
        }
        let Some((index, item)) = this.job.pull(*this.hand, pace) else { return Poll::Ready(false) };
        *this.index = index;
        match contain(|| (this.job.f)(item)) {
            Ok(future) => this.item.set(Some(Item::new(Judged::new(future)))),
            Err(payload) => self.over(Err(payload)),
        }
        Poll::Ready(true)
    }

    #[inline]
    fn poll_item(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Ended<J::Value>> {
        let this = self.project();
        let Some(item) = this.item.as_pin_mut() else { return Poll::Pending };
        if !*this.inline {
            return item.poll_ending(cx);
        }
        swap_locals(this.locals);
        let polled = item.poll_ending(cx);
        swap_locals(this.locals);
        polled
    }

    /// An item is over.
    #[inline]
    fn over(self: Pin<&mut Self>, ending: Ended<J::Value>) {
        let mut this = self.project();
        this.item.set(None);
        *this.noted = false;
        let locals = if *this.inline { Some(mem::take(this.locals)) } else { take_locals() };
        drop(locals);
        let index = *this.index;
        let result = match ending {
            Ok(judged) => judged.map_err(TaskError::Failed),
            Err(payload) => Err(TaskError::Panicked(this.job.report(index, payload))),
        };
        match result {
            Ok(value) if *this.gathers => this.bag.push((index, value)),
            Err(_) if *this.gathers => this.job.deliver(*this.hand, index, result),
            result => *this.kept = Some((index, result)),
        }
    }

    /// Others have their turn; `true` if this worker goes for good.
    fn rest(self: Pin<&mut Self>, pace: &Pace) -> bool {
        let this = self.project();
        if let Some((index, result)) = this.kept.take() {
            this.job.deliver(*this.hand, index, result);
        }
        this.job.has_had_turn(*this.hand, pace.is_crowded())
    }
}

impl<I, F, Fut, J> Future for Worker<I, F, Fut, J>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut pace = Pace::default();
        let mut fair = false;
        loop {
            if self.item.is_none() {
                if pace.is_over() {
                    if self.as_mut().rest(&pace) {
                        return Poll::Ready(());
                    }
                    // Leaves the waker with the runtime, which lets everybody else run first.
                    let _ = pin!(yield_now()).poll(cx);
                    return Poll::Pending;
                }
                if pace.is_slow(&self.job.calm) {
                    self.job.stir();
                }
                match self.as_mut().poll_next(&mut pace, fair, cx) {
                    Poll::Pending => return Poll::Pending,
                    Poll::Ready(false) => return Poll::Ready(()),
                    Poll::Ready(true) => pace.streak += 1,
                }
                fair = false;
                if self.item.is_none() {
                    // It panicked before it began.
                    continue;
                }
            }
            match self.as_mut().poll_item(cx) {
                Poll::Ready(ending) => {
                    fair = self.noted;
                    self.as_mut().over(ending);
                }
                Poll::Pending => {
                    let this = self.project();
                    if !mem::replace(this.noted, true) {
                        this.job.suspended(*this.hand, *this.index);
                    }
                    return Poll::Pending;
                }
            }
        }
    }
}

impl<I, F, Fut, J> fmt::Debug for Worker<I, F, Fut, J>
where
    I: Iterator + Send + 'static,
    F: Fn(I::Item) -> Fut + Send + Sync + 'static,
    Fut: Future + Send + 'static,
    J: Outcome<Fut::Output>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").field("hand", &self.hand).finish_non_exhaustive()
    }
}
