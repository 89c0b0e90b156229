use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::Outcome;

/// Where a future is dropped.
#[derive(Clone, Copy, Debug)]
pub(super) struct Point {
    /// After so many polls:
    pub(super) polls: usize,
    /// at once, or only when it is about to be polled again.
    pub(super) woken: bool,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.polls, self.woken) {
            (0, _) => f.write_str("dropped before its first poll"),
            (polls, false) => write!(f, "dropped after poll {polls}"),
            (polls, true) => write!(f, "dropped after poll {polls}, woken and not polled again"),
        }
    }
}

/// Polls a future up to a point and drops it there.
pub(super) struct Cut<F> {
    future: Option<Pin<Box<F>>>,
    point: Point,
    /// So many there were.
    pub(super) polls: usize,
}

impl<F: Future> Cut<F> {
    pub(super) fn new(future: F, point: Point) -> Self {
        Self { future: Some(Box::pin(future)), point, polls: 0 }
    }

    fn dropped(&mut self) -> Poll<Outcome<F::Output>> {
        self.future = None;
        Poll::Ready(Outcome::Dropped { polls: self.polls, woken: self.point.woken })
    }
}

impl<F: Future> Future for Cut<F> {
    type Output = Outcome<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls == self.point.polls {
            return self.dropped();
        }
        self.polls += 1;
        let future = self.future.as_mut().expect("a cut future is not polled after its end");
        if let Poll::Ready(value) = future.as_mut().poll(context) {
            // A future that has completed is dropped before its value is looked at, as `await` does.
            self.future = None;
            return Poll::Ready(Outcome::Completed(value));
        }
        if self.polls == self.point.polls && !self.point.woken {
            return self.dropped();
        }
        Poll::Pending
    }
}
