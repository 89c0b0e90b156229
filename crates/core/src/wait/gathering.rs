//! Many futures, of which only those that were woken are polled.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::bell::Board;

/// Many futures; each has a waker of its own, so that whoever gets ready costs one poll, however many there are.
pub(super) struct Gathering<F> {
    members: Vec<Member<F>>,
    board: Arc<Board>,
    waiting: usize,
}

struct Member<F> {
    /// Absent after its end.
    future: Option<F>,
    bell: Option<Waker>,
}

impl<F> Gathering<F> {
    pub(super) fn new(futures: impl IntoIterator<Item = F>) -> Self {
        let members: Vec<_> =
            futures.into_iter().map(|future| Member { future: Some(future), bell: None }).collect();
        Self { board: Board::new(members.len()), waiting: members.len(), members }
    }

    /// How many there were.
    pub(super) fn len(&self) -> usize {
        self.members.len()
    }

    /// Changes the futures, before any was polled.
    pub(super) fn map(self, change: impl Fn(F) -> F) -> Self {
        Self::new(self.members.into_iter().filter_map(|member| member.future).map(change))
    }

    /// Drops those that are not ready.
    pub(super) fn dismiss(&mut self) {
        self.waiting = 0;
        self.members = Vec::new();
    }

    /// The futures that are not over.
    pub(super) fn into_futures(self) -> impl Iterator<Item = F> {
        self.members.into_iter().filter_map(|member| member.future)
    }
}

impl<F: Future + Unpin> Gathering<F> {
    /// The next one that is ready, by its number; `None` when all are over. Those that are ready at the first poll
    /// come in the order in which they were given.
    pub(super) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<(usize, F::Output)>> {
        if self.waiting == 0 {
            return Poll::Ready(None);
        }
        // Who rings from now on wakes this task: a future that always wakes itself cannot keep it here.
        for _ in 0..self.board.attend(cx.waker()) {
            let Some(index) = self.board.take() else { break };
            let Some(Member { future: place, bell }) = self.members.get_mut(index) else { continue };
            let Some(future) = place else { continue };
            let bell = bell.get_or_insert_with(|| self.board.bell(index));
            if let Poll::Ready(output) = Pin::new(future).poll(&mut Context::from_waker(bell)) {
                *place = None;
                self.waiting -= 1;
                return Poll::Ready(Some((index, output)));
            }
        }
        Poll::Pending
    }
}
