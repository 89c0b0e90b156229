//! From the accepted stream to the closed connection: joins the loop, the handler and the closing.

use std::any::Any;
use std::fmt::{self, Write};
use std::future::{Future, poll_fn};
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use crate::limit::Permit;
use crate::stop::Stopper;
use crate::stream::cell::Cell;
use crate::stream::close::close;
use crate::stream::connection::{Connection, ConnectionId};
use crate::stream::connections::{Connections, Seat};
use crate::stream::handler::{Handler, HandlerOutput};
use crate::stream::io::Io;
use crate::stream::running;
use crate::stream::stats::Counters;

/// What serving needs, for all connections of a server.
pub(super) struct Stage<H> {
    pub(super) handler: H,
    pub(super) counters: Arc<Counters>,
    pub(super) connections: Arc<Connections>,
    pub(super) stopping: Stopper,
}

/// One connection while it is served. Dropped early, the handler was killed.
struct Visit {
    cell: Arc<Cell>,
    counters: Arc<Counters>,
    over: bool,
    // In this order: who waits for the seat to be free finds the permit back as well.
    _permit: Permit,
    _seat: Seat,
}

impl<H: Handler> Stage<H> {
    /// Serves the stream in a task of its own.
    pub(super) fn admit(self: &Arc<Self>, io: Io, peer: SocketAddr, listener: SocketAddr, permit: Permit) {
        let id = ConnectionId::next();
        tracing::debug!(%id, %peer, "accepted");
        let cell = Arc::new(Cell::new(id, io, peer, listener, self.stopping.signal()));
        let visit = Visit {
            cell,
            counters: Arc::clone(&self.counters),
            over: false,
            _permit: permit,
            _seat: self.connections.seat(id),
        };
        let task = running::start(format!("conn {peer}"), Arc::clone(self).serve(visit));
        self.connections.started(id, task);
    }

    async fn serve(self: Arc<Self>, mut visit: Visit) {
        let connection = Connection::new(Arc::clone(&visit.cell));
        let result = caught(async { self.handler.handle(connection).await.failure() }).await;
        let (id, peer) = (visit.cell.id, visit.cell.peer);
        match result {
            Ok(None) => tracing::debug!(%id, %peer, "served"),
            Ok(Some(error)) => {
                Counters::count(&self.counters.failed);
                tracing::warn!(%id, %peer, error = %Escaped(&error), "handler failed");
            }
            Err(panic) => {
                Counters::count(&self.counters.panicked);
                tracing::error!(%id, %peer, panic = %Escaped(message(&*panic)), "handler panicked");
            }
        }
        close(&visit.cell).await;
        visit.over = true;
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if !self.over {
            Counters::count(&self.counters.killed);
        }
        // The file is closed before the permit is back.
        drop(self.cell.take_io());
    }
}

/// Runs the future; a panic is its error.
async fn caught<T>(future: impl Future<Output = T>) -> Result<T, Box<dyn Any + Send>> {
    let mut future = pin!(future);
    poll_fn(|context| {
        // After a panic the future is dropped, not polled: nobody sees what it left half-done but its own parts.
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(poll) => poll.map(Ok),
            Err(panic) => Poll::Ready(Err(panic)),
        }
    })
    .await
}

fn message(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no message)")
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
    use super::*;

    #[test]
    fn control_characters_do_not_reach_the_log() {
        let text = "bad \"name\" \u{1b}[2J\r\nfake line\tü";
        assert_eq!(Escaped(text).to_string(), r#"bad "name" \u{1b}[2J\r\nfake line\tü"#);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_with_a_message() {
        let panic = caught(async { panic!("number {}", 7) }).await.map(|()| ()).unwrap_err();
        assert_eq!(message(&*panic), "number 7");
        assert_eq!(caught(async { 7 }).await.ok(), Some(7));
    }
}
