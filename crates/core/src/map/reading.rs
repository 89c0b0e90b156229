//! The reader's end of a job.

use std::fmt;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use super::Results;
use super::board::merge;
use super::job::{Work, job};
use crate::crew::Keeper;
use crate::task::{Outcome, TaskError};

/// What the public futures and streams stand on: a job, begun by the first poll and dismissed by drop.
pub(crate) struct Reading<T> {
    work: Arc<dyn Work<T>>,
    /// The worker, when the reader is a member and works itself.
    inline: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    begun: bool,
    over: bool,
    /// Dropped last: workers are members.
    keeper: Arc<Keeper>,
}

impl<T> Reading<T> {
    pub(crate) fn new<I, F, Fut, J>(
        keeper: Arc<Keeper>,
        items: I,
        f: F,
        results: Results<T>,
        called_at: &'static Location<'static>,
    ) -> Self
    where
        I: IntoIterator,
        I::IntoIter: Send + 'static,
        F: Fn(I::Item) -> Fut + Send + Sync + 'static,
        Fut: Future + Send + 'static,
        J: Outcome<Fut::Output, Value = T>,
    {
        let work = job::<I, F, Fut, J>(&keeper, items, f, results, called_at);
        Self { work, inline: None, begun: false, over: false, keeper }
    }

    pub(super) fn set_ahead(&self, ahead: usize) {
        self.work.board().ahead = Some(ahead.max(1));
    }

    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Begins, and works if there is nobody else to.
    fn work(&mut self, cx: &mut Context<'_>) {
        if !self.begun {
            self.begun = true;
            self.inline = self.work.clone().begin();
        }
        if let Some(inline) = &mut self.inline
            && inline.as_mut().poll(cx).is_ready()
        {
            self.inline = None;
        }
    }

    /// Ready when all is done.
    pub(super) fn poll_whole(&mut self, cx: &mut Context<'_>) -> Poll<Result<Vec<T>, TaskError>> {
        assert!(!self.over, "a map was polled after its end");
        self.work(cx);
        let mut board = self.work.board();
        if board.is_over() {
            let whole = board.whole();
            drop(board);
            self.over = true;
            return Poll::Ready(whole.map(merge));
        }
        let replaced = board.reader.replace(cx.waker().clone());
        drop(board);
        drop(replaced);
        Poll::Pending
    }

    /// Ready with the next result.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<T, TaskError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        if !self.begun || self.inline.is_some() {
            self.work(cx);
        }
        let mut board = self.work.board();
        if let Some(result) = board.results.next() {
            board.flight -= 1;
            self.work.read(board);
            return Poll::Ready(Some(result));
        }
        if board.is_over() {
            drop(board);
            self.over = true;
            return Poll::Ready(None);
        }
        let replaced = board.reader.replace(cx.waker().clone());
        drop(board);
        drop(replaced);
        Poll::Pending
    }
}

impl<T> Drop for Reading<T> {
    fn drop(&mut self) {
        self.inline = None;
        if self.begun && !self.over {
            self.work.dismiss();
        }
    }
}

impl<T> fmt::Debug for Reading<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at_work = self.work.board().staff.len();
        f.debug_struct("Reading")
            .field("crew", &self.keeper)
            .field("workers", &at_work)
            .field("over", &self.over)
            .finish_non_exhaustive()
    }
}
