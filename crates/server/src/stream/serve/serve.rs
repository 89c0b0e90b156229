//! From the accepted stream to the closed connection: joins the loop, the handler and the closing.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use greenroom_core::{AnyTask, Named, TaskBuilder};

use crate::address::SockAddr;
use crate::drain::{Guests, Identity, Seat};
use crate::handler_output::HandlerOutput;
use crate::limit::Permit;
use crate::log::Escaped;
use crate::stream::connection::{Cell, Closer, Connection, ConnectionId, Io, Terms, Trunk};
use crate::stream::handler::Handler;
use crate::stream::prepare::Prepare;
use crate::stream::stats::Counters;

/// What serving needs, for all connections of a server.
pub(crate) struct Stage<H> {
    pub(crate) handler: H,
    pub(crate) counters: Arc<Counters>,
    pub(crate) guests: Arc<Guests>,
    /// What is done before the handler has it, in order.
    pub(crate) steps: Vec<Arc<dyn Prepare>>,
    /// Whether peers are proxies, and those they speak for count.
    pub(crate) behind_proxies: bool,
}

impl<H: Handler> Stage<H> {
    /// Serves the stream in a task of its own, which closes it in the end, whatever becomes of the handler.
    pub(crate) fn admit(self: &Arc<Self>, io: Io, peer: SockAddr, terms: &Arc<Terms>, mut permit: Permit) {
        let counted = peer.ip().filter(|_| !self.behind_proxies).map_or(Ok(()), |ip| permit.admit(ip));
        if counted.is_err() {
            Counters::count(&self.counters.refused);
            // First the file, then the permit.
            drop(io);
            drop(permit);
            tracing::debug!(%peer, "refused: too many connections from this address");
            return;
        }
        let slot = permit.take_slot();
        let id = ConnectionId::next();
        tracing::debug!(%id, %peer, "accepted");
        let cell = Arc::new(Cell::new(id, Trunk { io, permit }, peer, terms));
        let seat = self.guests.seat(Arc::clone(&cell) as Arc<dyn Identity>);
        let place = seat.place();
        let performance = Performance { stage: Arc::clone(self), cell: Arc::clone(&cell), over: false };
        let builder = TaskBuilder::new().name_of(Arc::clone(&cell) as Arc<dyn Named>);
        let departure = Departure { cell, seat };
        let task = match slot {
            Some(slot) => slot.spawn_finally(builder, performance.run(), departure),
            None => builder.spawn_finally(performance.run(), departure),
        };
        self.guests.started(place, AnyTask::from(&task));
    }
}

impl Identity for Cell {
    fn id(&self) -> u64 {
        self.id.as_u64()
    }

    fn peer(&self) -> SockAddr {
        self.peer_addr().clone()
    }
}

/// Its task is named after it.
impl Named for Cell {
    fn name(&self) -> &str {
        self.name_with(|| format!("conn {}", self.peer_addr()))
    }
}

/// A handler at work. Dropped in the middle, it panicked (its task logs that), or was killed.
struct Performance<H> {
    stage: Arc<Stage<H>>,
    cell: Arc<Cell>,
    over: bool,
}

impl<H: Handler> Performance<H> {
    /// Not an `async fn`, which would hold `self` twice.
    #[expect(clippy::manual_async_fn, reason = "an async fn holds its arguments twice")]
    fn run(mut self) -> impl Future<Output = ()> + Send {
        async move {
            if !self.stage.steps.is_empty() && !Box::pin(self.prepare()).await {
                return self.end();
            }
            let failure = self.stage.handler.handle(Connection::new(Arc::clone(&self.cell))).await.failure();
            self.end();
            let (id, peer) = (self.cell.id, self.cell.peer_addr());
            match failure {
                None => tracing::debug!(%id, %peer, "served"),
                Some(error) => {
                    Counters::count(&self.stage.counters.failed);
                    tracing::warn!(%id, %peer, error = %Escaped(&error), "handler failed");
                }
            }
        }
    }
}

impl<H> Performance<H> {
    /// It was not dropped in the middle.
    const fn end(&mut self) {
        self.over = true;
    }

    /// Whether the connection may come to its handler.
    async fn prepare(&self) -> bool {
        for step in &self.stage.steps {
            if let Err(why) = step.prepare(&self.cell).await {
                self.stage.counters.unprepared(&why);
                let (id, peer) = (self.cell.id, self.cell.peer_addr());
                tracing::debug!(%id, %peer, error = %Escaped(&why.to_string()), "not served");
                return false;
            }
        }
        true
    }
}

impl<H> Drop for Performance<H> {
    fn drop(&mut self) {
        if self.over {
            return;
        }
        let counters = &self.stage.counters;
        Counters::count(if std::thread::panicking() { &counters.panicked } else { &counters.killed });
    }
}

/// Closes the connection, and then gives the seat back: who sees the seat free finds the permit back as well.
struct Departure {
    cell: Arc<Cell>,
    seat: Seat,
}

impl Future for Departure {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.cell.is_detached() { Poll::Ready(()) } else { self.cell.poll_closed(Closer::Own, context) }
    }
}

impl Drop for Departure {
    /// Cut off, it closes the file all the same.
    fn drop(&mut self) {
        if self.cell.is_detached() {
            self.seat.detach();
        } else {
            drop(self.cell.take_trunk());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use tokio::io::AsyncWriteExt;

    use super::{Cell, Connection, Departure, Handler, Performance};

    /// What the task of a connection runs, its closing not counted.
    fn served<H: Handler>(_: H) -> usize {
        fn size_of_output<A, R>(_: impl FnOnce(A) -> R) -> usize {
            size_of::<R>()
        }
        size_of_output(Performance::<H>::run)
    }

    #[test]
    fn what_an_idle_connection_costs_its_task_stays_small() {
        let chunks = served(async |mut conn: Connection| {
            while let Some(chunk) = conn.recv().await? {
                conn.write_all(&chunk).await?;
            }
            io::Result::Ok(())
        });
        let lines = served(async |mut conn: Connection| {
            let mut lines = conn.lines();
            while let Some(line) = lines.next().await? {
                lines.send(line).await?;
            }
            io::Result::Ok(())
        });
        let (cell, departure) = (size_of::<Cell>(), size_of::<Departure>());
        let all = format!("echo of chunks {chunks}, of lines {lines}, departure {departure}, cell {cell}");
        assert!(chunks + departure <= 320 && lines + departure <= 320, "more than 320 bytes: {all}");
        assert!(cell <= CELL, "the cell of a connection has more than {CELL} bytes: {all}");
    }

    /// One such per connection, and nothing else where there is no TLS and no deadline.
    const CELL: usize = 376;
}
