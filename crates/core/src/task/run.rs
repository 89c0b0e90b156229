//! What tokio polls: a task's body, and the cell that tells others of it.
//!
//! It is as small as it can be (the cell's address and the body), because tokio rounds what it allocates for a task up
//! to 128 bytes; the side of a task lies in its cell between two polls.

use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::outcome::Outcome;
use super::root::Root;
use crate::record::Cell;

pin_project! {
    /// A task's future.
    pub(crate) struct Run<F, J, P = NoParting>
    where
        F: Future,
        J: Outcome<F::Output>,
    {
        // Absent while it is polled, and after the end.
        cell: Option<Arc<Cell<J::Value>>>,
        // Absent after the body's end, while adopted clean-ups go on.
        #[pin]
        body: Option<F>,
        // The task's own clean-up. Absent after its end.
        #[pin]
        parting: Option<P>,
        outcome: PhantomData<fn() -> J>,
    }

    impl<F, J, P> PinnedDrop for Run<F, J, P>
    where
        F: Future,
        J: Outcome<F::Output>,
    {
        fn drop(this: Pin<&mut Self>) {
            let this = this.project();
            if let Some(cell) = this.cell.take() {
                // Dropped by the runtime before its end.
                Root::new(cell).lose(this.body, this.parting);
            }
        }
    }
}

/// What most tasks have for a clean-up of their own; it takes no room.
#[derive(Debug)]
pub(crate) enum NoParting {}

impl Future for NoParting {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        match *self {}
    }
}

impl<F, J, P> Run<F, J, P>
where
    F: Future,
    J: Outcome<F::Output>,
{
    pub(crate) fn new(cell: Arc<Cell<J::Value>>, body: F, parting: Option<P>) -> Self {
        Self { cell: Some(cell), body: Some(body), parting, outcome: PhantomData }
    }
}

impl<F, J, P> Future for Run<F, J, P>
where
    F: Future,
    J: Outcome<F::Output>,
    P: Future<Output = ()>,
{
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        let Some(cell) = this.cell.take() else { panic!("a task was polled after its end") };
        match Root::new(cell).poll::<F, J, P>(this.body, this.parting, cx) {
            Some(root) => {
                *this.cell = Some(root.into_cell());
                Poll::Pending
            }
            None => Poll::Ready(()),
        }
    }
}
