use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use greenroom_server::SockAddr;
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::scripted::listener::Arrival;
use crate::{FaultyIo, ScriptedListener};

/// The test's side of a [`ScriptedListener`]: it sees how accept was called, and holds the clients.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, StreamServer};
/// use greenroom_testkit::{FaultyIo, ScriptedListener};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let (listener, stagehand) = ScriptedListener::new([]);
/// let server = StreamServer::on(listener)
///     .start(async |mut conn: Connection| {
///         let mut lines = conn.lines();
///         while let Some(line) = lines.next().await? {
///             lines.send(line).await?;
///         }
///         std::io::Result::Ok(())
///     })
///     .await?;
///
/// // A client whose bytes arrive one by one.
/// let mut client = stagehand.connect_through(64, |io| io.short_reads(1).hesitant());
/// client.write_all(b"hello\n").await?;
/// let mut answer = [0; 6];
/// client.read_exact(&mut answer).await?;
/// assert_eq!(&answer, b"hello\n");
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Stagehand {
    calls: Arc<Mutex<Vec<Instant>>>,
    clients: mpsc::UnboundedReceiver<DuplexStream>,
    door: mpsc::UnboundedSender<Arrival>,
    start: Instant,
}

impl Stagehand {
    pub(super) fn new(
        calls: Arc<Mutex<Vec<Instant>>>,
        clients: mpsc::UnboundedReceiver<DuplexStream>,
        door: mpsc::UnboundedSender<Arrival>,
    ) -> Self {
        Self { calls, clients, door, start: Instant::now() }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often accept has been called, and polled at least once.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.lock().len()
    }

    /// When accept was called, each time, counted from the making of the listener.
    #[must_use]
    pub fn call_times(&self) -> Vec<Duration> {
        self.lock().iter().map(|call| call.duration_since(self.start)).collect()
    }

    /// How long ago the listener was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Whether the listener has been dropped, which is how a server closes it.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.door.is_closed()
    }

    /// The client of the next [`Connection`](crate::ScriptedAnswer::Connection) by script, once it is accepted.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: a client that was not returned is the next one's.
    ///
    /// # Panics
    ///
    /// If the listener is closed and all its clients have been taken: there will be none.
    pub async fn client(&mut self) -> DuplexStream {
        self.clients.recv().await.expect("the listener accepts")
    }

    /// A new client, whose connection holds so many bytes on the way in either direction. It is accepted when the script is
    /// over; until then it waits, as in a kernel's backlog.
    #[must_use]
    pub fn connect(&self, bytes: usize) -> DuplexStream {
        self.connect_through(bytes, |io| io)
    }

    /// A new client, and faults on the server's end of its connection.
    #[must_use]
    pub fn connect_through(
        &self,
        bytes: usize,
        faults: impl FnOnce(FaultyIo<DuplexStream>) -> FaultyIo<DuplexStream>,
    ) -> DuplexStream {
        let (ours, theirs) = duplex(bytes);
        self.arrive(faults(FaultyIo::new(theirs)), ScriptedListener::peer());
        ours
    }

    /// A new client from another address.
    #[must_use]
    pub fn connect_from(&self, peer: impl Into<SockAddr>, bytes: usize) -> DuplexStream {
        let (ours, theirs) = duplex(bytes);
        self.arrive(FaultyIo::new(theirs), peer.into());
        ours
    }

    /// If the listener is closed already, the client finds its connection closed.
    fn arrive(&self, io: FaultyIo<DuplexStream>, peer: SockAddr) {
        let _ = self.door.send((io, peer));
    }
}
