//! An item's future, with its outcome.

use std::error::Error;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use crate::task::Outcome;

pin_project! {
    /// Judges the output at once, since what a future returns need not be `Send`, and what a worker keeps must be.
    pub(super) struct Judged<F, J> {
        #[pin]
        future: F,
        outcome: PhantomData<fn() -> J>,
    }
}

impl<F, J> Judged<F, J> {
    pub(super) fn new(future: F) -> Self {
        Self { future, outcome: PhantomData }
    }
}

impl<F: Future, J: Outcome<F::Output>> Future for Judged<F, J> {
    type Output = Result<J::Value, Arc<dyn Error + Send + Sync>>;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(cx).map(J::judge)
    }
}
