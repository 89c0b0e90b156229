//! A listener that never leaves the process.

use std::future::pending;
use std::io;

use tokio::io::DuplexStream;
use tokio::sync::mpsc;

use crate::address::SockAddr;
use crate::stream::listener::Listener;
use crate::stream::listener::memory_connector::{MemoryConnector, number};

/// As many as a socket's backlog was for a long time.
const BACKLOG: usize = 128;

/// A listener in memory, for tests and for parts of one process that talk as if over a network.
///
/// Clients come from its [`connector`](Self::connector). Each connection is a pair of tokio's
/// [`DuplexStream`]s, which hold 64 KiB in each direction and need no runtime's io; so a server on it can be tested under a paused clock. Those
/// that nobody has accepted wait in a backlog; when it is full, connecting waits.
///
/// When all its connectors are gone nothing comes any more, and accept waits for ever, as at a port that nobody knows. When the
/// listener is gone connecting is refused, and those in the backlog read to the end.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, MemoryListener, StreamServer};
/// use tokio::io::AsyncReadExt;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let listener = MemoryListener::new();
/// let connector = listener.connector();
/// let server = StreamServer::on(listener)
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
///
/// let mut answer = String::new();
/// connector.connect().await?.read_to_string(&mut answer).await?;
/// assert_eq!(answer, "hello\n");
/// # drop(server);
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct MemoryListener {
    number: u64,
    backlog: mpsc::Receiver<(DuplexStream, SockAddr)>,
    /// For more connectors.
    queue: mpsc::Sender<(DuplexStream, SockAddr)>,
}

impl Default for MemoryListener {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryListener {
    /// With a backlog of 128 connections.
    #[must_use]
    pub fn new() -> Self {
        Self::with_backlog(BACKLOG)
    }

    /// With a backlog of so many connections.
    ///
    /// # Panics
    ///
    /// If it is 0: a connection is made before it is accepted, so there must be room for one.
    #[must_use]
    pub fn with_backlog(connections: usize) -> Self {
        let (queue, backlog) = mpsc::channel(connections);
        Self { number: number(), backlog, queue }
    }

    /// What connects to it. It may be cloned, and more may be asked for.
    #[must_use]
    pub fn connector(&self) -> MemoryConnector {
        MemoryConnector::new(self.queue.clone())
    }
}

impl Listener for MemoryListener {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, SockAddr)> {
        match self.backlog.recv().await {
            Some(connection) => Ok(connection),
            // It has a sender of its own.
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Ok(SockAddr::Memory(self.number))
    }
}
