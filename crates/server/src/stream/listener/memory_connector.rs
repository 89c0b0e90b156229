//! The other side of a listener in memory.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;

use crate::address::SockAddr;

/// How many bytes wait in each direction.
const BUFFER: usize = 64 * 1024;

/// Connects to a [`MemoryListener`](crate::MemoryListener). Cheap to clone.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> std::io::Result<()> {
/// use greenroom_server::{Connection, MemoryListener, StreamServer};
/// use tokio::io::AsyncReadExt;
///
/// let listener = MemoryListener::new();
/// let connector = listener.connector();
/// let server = StreamServer::on(listener)
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
/// let mut said = String::new();
/// connector.connect().await?.read_to_string(&mut said).await?;
/// assert_eq!(said, "hello\n");
/// # drop(server);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MemoryConnector {
    queue: mpsc::Sender<(DuplexStream, SockAddr)>,
}

impl MemoryConnector {
    pub(super) const fn new(queue: mpsc::Sender<(DuplexStream, SockAddr)>) -> Self {
        Self { queue }
    }

    /// A new connection, from an address that no other has. It waits while the backlog is full, and not for the accept.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future connects nothing.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` when the listener is gone.
    pub async fn connect(&self) -> io::Result<DuplexStream> {
        self.connect_from(SockAddr::Memory(number())).await
    }

    /// The same, from the address that the server is to see: for tests of what depends on it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future connects nothing.
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` when the listener is gone.
    pub async fn connect_from(&self, peer: impl Into<SockAddr>) -> io::Result<DuplexStream> {
        let peer = peer.into();
        let refused = |_| io::Error::new(io::ErrorKind::ConnectionRefused, "the listener in memory is gone");
        let place = self.queue.reserve().await.map_err(refused)?;
        let (ours, theirs) = duplex(BUFFER);
        place.send((theirs, peer));
        Ok(ours)
    }
}

/// Every end in this process has its own.
pub(super) fn number() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}
