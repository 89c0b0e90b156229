//! From the accepted stream to the closed connection: joins the loop, the handler and the closing.

use std::sync::Arc;

use greenroom_core::{AnyTask, TaskBuilder, finally};

use crate::address::SockAddr;
use crate::drain::{Guests, Identity, Seat};
use crate::handler_output::HandlerOutput;
use crate::limit::Permit;
use crate::log::Escaped;
use crate::stop::Stopper;
use crate::stream::connection::Cell;
use crate::stream::connection::Connection;
use crate::stream::connection::ConnectionId;
use crate::stream::connection::Io;
use crate::stream::connection::close;
use crate::stream::handler::Handler;
use crate::stream::stats::Counters;

/// What serving needs, for all connections of a server.
pub(crate) struct Stage<H> {
    pub(crate) handler: H,
    pub(crate) counters: Arc<Counters>,
    pub(crate) guests: Arc<Guests>,
    pub(crate) stopping: Stopper,
}

/// What a connection holds of the server, from accept until its task is gone.
struct Visit {
    cell: Arc<Cell>,
    // In this order: who sees the seat free finds the permit back as well.
    _permit: Permit,
    _seat: Seat,
}

impl<H: Handler> Stage<H> {
    /// Serves the stream in a task of its own.
    pub(crate) fn admit(self: &Arc<Self>, io: Io, peer: SockAddr, listener: SockAddr, permit: Permit) {
        let id = ConnectionId::next();
        tracing::debug!(%id, %peer, "accepted");
        let name = format!("conn {peer}");
        let cell = Arc::new(Cell::new(id, io, peer, listener, self.stopping.signal()));
        let seat = self.guests.seat(Arc::clone(&cell) as Arc<dyn Identity>);
        let place = seat.place();
        let visit = Visit { cell, _permit: permit, _seat: seat };
        let task = TaskBuilder::new().name(name).spawn(Arc::clone(self).serve(visit));
        self.guests.started(place, AnyTask::from(&task));
    }

    /// The scope of `finally` is the handler's own: clean-ups that it leaves behind run before the connection is closed.
    async fn serve(self: Arc<Self>, visit: Visit) {
        let cell = Arc::clone(&visit.cell);
        // Boxed when it runs: an open connection does not carry the state of its closing.
        finally(self.perform(&visit.cell), async move { Box::pin(close(&cell)).await }).await;
    }

    async fn perform(&self, cell: &Arc<Cell>) {
        let mut performance = Performance { counters: &self.counters, over: false };
        let failure = self.handler.handle(Connection::new(Arc::clone(cell))).await.failure();
        performance.over = true;
        let (id, peer) = (cell.id, &cell.peer);
        match failure {
            None => tracing::debug!(%id, %peer, "served"),
            Some(error) => {
                Counters::count(&self.counters.failed);
                tracing::warn!(%id, %peer, error = %Escaped(&error), "handler failed");
            }
        }
    }
}

impl Identity for Cell {
    fn id(&self) -> u64 {
        self.id.as_u64()
    }

    fn peer(&self) -> SockAddr {
        self.peer.clone()
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        // Only a task that never ran, or was cut off, still has it. The file is closed before the permit is back.
        drop(self.cell.take_io());
    }
}

/// A handler at work. Dropped in the middle, it panicked (its task logs that), or was killed.
struct Performance<'a> {
    counters: &'a Counters,
    over: bool,
}

impl Drop for Performance<'_> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let panicked = std::thread::panicking();
        Counters::count(if panicked { &self.counters.panicked } else { &self.counters.killed });
    }
}
