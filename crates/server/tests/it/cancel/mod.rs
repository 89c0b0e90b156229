//! Every public future of the crate, dropped at every one of its polls.
//!
//! To cover a new one: write a scenario in the module of its kind, an `async fn` that runs
//! [`cancel_at_every_poll`](greenroom_testkit::cancel_at_every_poll) and returns its number of polls, and add a row to the
//! module's `rows!`. A future is listed by the name of its type, an async function as `Type::function` or `function`.

/// The core's own: it reads the sources of whichever crate it is part of.
#[macro_use]
#[path = "../../../../core/tests/it/cancel/coverage.rs"]
mod coverage;

mod reading;
#[cfg(feature = "aws-lc-rs")]
mod secured;
mod sending;
mod serving;

/// A table goes here.
const ROOMS: &[&[&str]] = &[
    reading::COVERED,
    #[cfg(feature = "aws-lc-rs")]
    secured::COVERED,
    sending::COVERED,
    serving::COVERED,
];

/// Futures without a row, and why.
const PENDING: &[&str] = &[
    // They need real sockets, whose wake-ups a paused clock does not order.
    "Connect::connect",
    "connect",
    "connect_tls",
    "DatagramHandle::stop_when",
    "DatagramServer::serve_until",
    "ReplySend",
    "Session::recv",
    "SessionServer::serve_until",
    // They need files that a blocking thread reads: of the same kind.
    "Tls::reload",
    "TlsWatch",
    // It needs a signal to the process: a test of its own, `tests/terminate.rs`.
    "Terminate",
    // On listeners that are there it is never pending, and others need the system.
    "StreamServer::start",
    "DatagramServer::start",
    "SessionServer::start",
    // It is `serve_until` without an end.
    "StreamServer::serve_forever",
    "DatagramServer::serve_forever",
    "SessionServer::serve_forever",
];

use greenroom_server::{Connection, ServerHandle};
use greenroom_testkit::{ScriptedListener, Stagehand};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;

/// A server that hands its connections over, and is there for as long as they are.
pub(super) struct Lobby {
    pub(super) server: ServerHandle,
    stagehand: Stagehand,
    connections: mpsc::UnboundedReceiver<Connection>,
}

impl Lobby {
    pub(super) async fn new() -> Self {
        let (listener, stagehand) = ScriptedListener::new([]);
        let (give, connections) = mpsc::unbounded_channel();
        let handler =
            greenroom_server::with(give, async |give: mpsc::UnboundedSender<_>, conn: Connection| {
                let _ = give.send(conn.detach());
            });
        let server = greenroom_server::StreamServer::on(listener).start(handler).await.unwrap();
        Self { server, stagehand, connections }
    }

    /// A connection with so much room on the way, and its client.
    pub(super) async fn connect(&mut self, room: usize) -> (Connection, DuplexStream) {
        let client = self.stagehand.connect(room);
        (self.connections.recv().await.unwrap(), client)
    }
}
