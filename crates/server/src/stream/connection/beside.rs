//! What is done beside the handler: replies are sent while it waits, and what it has dropped is finished and closed.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use greenroom_core::{Suspend, on_suspend, spawn};

use crate::stream::connection::cell::Cell;
use crate::stream::connection::close::{Closed, Closer};

/// At each suspension of the task that sent: replies are not held back by whatever it waits for. And a connection that was
/// dropped is closed, while the task that dropped it goes on.
impl Suspend for Cell {
    fn poll_suspend(self: Arc<Self>, context: &mut Context<'_>) -> Poll<()> {
        let abandoned = self.with(|wire| wire.is.abandoned());
        if abandoned {
            self.spawn_closed();
            return Poll::Ready(());
        }
        self.with(|wire| {
            let poll = wire.poll_output_aside(context);
            poll.map(|result| {
                wire.hooked = None;
                wire.note_fault(result);
            })
        })
    }

    /// The task is over, and somebody else may have the connection.
    fn task_over(self: Arc<Self>) {
        let mut context = Context::from_waker(Waker::noop());
        let (abandoned, owes) = self.with(|wire| {
            wire.hooked = None;
            let abandoned = wire.is.abandoned();
            let unsent =
                !abandoned && wire.trunk.is_some() && wire.poll_output_aside(&mut context).is_pending();
            (abandoned, unsent)
        });
        if abandoned {
            self.spawn_closed();
        } else if owes {
            beside(poll_fn(move |context| self.poll_rest(context)));
        }
    }
}

impl Cell {
    /// The half that reads is gone.
    pub(super) fn reader_is_gone(self: &Arc<Self>) {
        if self.with(|wire| {
            wire.is.split = false;
            wire.is.abandoned()
        }) {
            self.abandon();
        }
    }

    /// The writer is gone: finish sending now, as far as that goes without waiting, and beside the reader what is left.
    pub(super) fn writer_is_gone(self: &Arc<Self>) {
        let mut context = Context::from_waker(Waker::noop());
        let (abandoned, unfinished) = self.with(|wire| {
            wire.is.unwritten = true;
            let abandoned = wire.is.abandoned();
            let unfinished =
                !abandoned && wire.trunk.is_some() && wire.poll_shutdown(&mut context).is_pending();
            (abandoned, unfinished)
        });
        if abandoned {
            self.abandon();
        } else if unfinished {
            let cell = Arc::clone(self);
            beside(poll_fn(move |context| cell.poll_finished(context)));
        }
    }

    /// Nobody has it any more: it is closed, here and now if that needs no waiting, else at the end of its handler, or
    /// beside it when that goes on.
    fn abandon(self: &Arc<Self>) {
        let mut context = Context::from_waker(Waker::noop());
        if self.close_at_once(&mut context) {
            return;
        }
        let hook = || on_suspend(Arc::clone(self) as Arc<dyn Suspend>);
        if self.is_detached() || !hook() {
            self.spawn_closed();
        }
    }

    /// Closes it beside everything else, unless its own task is at it.
    fn spawn_closed(self: &Arc<Self>) {
        // Once: two would wake each other for ever.
        if self.with(|wire| wire.trunk.is_some() && !std::mem::replace(&mut wire.is.beside, true)) {
            beside(Closed::new(self, Closer::Beside));
        }
    }

    /// Finishes sending in place of the writer that is gone. Of what goes wrong the reader learns by reading.
    fn poll_finished(&self, context: &mut Context<'_>) -> Poll<()> {
        self.with(|wire| {
            let poll = wire.poll_shutdown(context);
            wire.note_writer(poll.is_pending(), context);
            poll.map(drop)
        })
    }

    /// Sends what a task that is over has left. A writer that waits does so as well.
    fn poll_rest(&self, context: &mut Context<'_>) -> Poll<()> {
        self.with(|wire| {
            if wire.is_awaited_by_another(context) {
                return Poll::Ready(());
            }
            let poll = wire.poll_output(context);
            wire.note_writer(poll.is_pending(), context);
            poll.map(|result| wire.note_fault(result))
        })
    }
}

/// Without a runtime nothing goes on: whoever drops the connection last closes the file.
fn beside(work: impl Future<Output = ()> + Send + 'static) {
    if tokio::runtime::Handle::try_current().is_ok() {
        drop(spawn(work));
    }
}
