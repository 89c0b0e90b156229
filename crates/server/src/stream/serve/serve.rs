//! From the accepted stream to the closed connection: joins the loop, the handler and the closing.

use std::fmt::{self, Display, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use greenroom_core::{AnyTask, TaskBuilder};

use crate::address::SockAddr;
use crate::drain::{Guests, Identity, Seat};
use crate::limit::Permit;
use crate::stream::connection::{Cell, Connection, ConnectionId, Io, Terms, Trunk};
use crate::stream::handler::{Handler, HandlerOutput};
use crate::stream::stats::Counters;

/// What serving needs, for all connections of a server.
pub(crate) struct Stage<H> {
    pub(crate) handler: H,
    pub(crate) counters: Arc<Counters>,
    pub(crate) guests: Arc<Guests>,
}

impl<H: Handler> Stage<H> {
    /// Serves the stream in a task of its own, which closes it in the end, whatever becomes of the handler.
    pub(crate) fn admit(self: &Arc<Self>, io: Io, peer: SockAddr, terms: &Arc<Terms>, permit: Permit) {
        let id = ConnectionId::next();
        tracing::debug!(%id, %peer, "accepted");
        let cell = Arc::new(Cell::new(id, Trunk { io, permit }, peer, terms));
        let seat = self.guests.seat(Arc::clone(&cell) as Arc<dyn Identity>);
        let place = seat.place();
        let performance = Performance { stage: Arc::clone(self), cell: Arc::clone(&cell), over: false };
        let task = TaskBuilder::new()
            .name_of(Arc::clone(&cell) as Arc<dyn Display + Send + Sync>)
            .spawn_finally(performance.run(), Departure { cell, _seat: seat });
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

/// The name of its task.
impl Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "conn {}", self.peer_addr())
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
            let failure = self.stage.handler.handle(Connection::new(Arc::clone(&self.cell))).await.failure();
            self.over = true;
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
    _seat: Seat,
}

impl Future for Departure {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.cell.belongs_elsewhere() { Poll::Ready(()) } else { self.cell.poll_closed(context) }
    }
}

impl Drop for Departure {
    /// Cut off, it closes the file all the same.
    fn drop(&mut self) {
        if !self.cell.belongs_elsewhere() {
            drop(self.cell.take_trunk());
        }
    }
}

/// Text that may quote what a client sent: it must not move the cursor of whoever reads the log, nor begin a line.
struct Escaped<'a>(&'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn control_characters_do_not_reach_the_log() {
        let text = "bad \"name\" \u{1b}[2J\r\nfake line\tü";
        assert_eq!(Escaped(text).to_string(), r#"bad "name" \u{1b}[2J\r\nfake line\tü"#);
    }
}
