//! One connection, as its handler has it.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::address::SockAddr;
use crate::stop::{StopSignal, Stopped};
use crate::stream::connection::cell::Cell;
use crate::stream::connection::detached::Detached;
use crate::stream::connection::half::{ReadHalf, WriteHalf};
use crate::stream::connection::id::ConnectionId;
use crate::stream::connection::lines::{self, Lines};

/// A client's connection.
///
/// It reads and writes as any tokio stream does ([`AsyncRead`], [`AsyncWrite`]); [`lines`](Self::lines) makes it speak
/// lines of text, [`into_split`](Self::into_split) gives a half each to a reader and a writer.
///
/// It is one pointer, and an idle one holds no buffer. Dropping it finishes the sending side at once. When its handler
/// has ended, by return, error or panic, the server sends what is left, finishes, and closes it, also if
/// halves of it are still alive elsewhere: their reads and writes fail from then on. Killing the handler closes it
/// without waiting for the peer.
///
/// gevent hands its handlers a socket and an address instead.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// async fn greet(mut conn: Connection) -> std::io::Result<()> {
///     let mut first = [0; 1];
///     conn.read_exact(&mut first).await?;
///     conn.write_all(format!("hello {}\n", conn.peer_addr()).as_bytes()).await
/// }
/// ```
#[doc(alias = "socket")]
pub struct Connection(WriteHalf);

impl Connection {
    pub(crate) fn new(cell: Arc<Cell>) -> Self {
        Self(WriteHalf::new(cell))
    }

    fn cell(&self) -> &Arc<Cell> {
        self.0.cell()
    }

    /// Its number, unique in this process.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.cell().id
    }

    /// The client's address, as accept told it; an IPv4 client of an IPv6 socket is named by its IPv4 address.
    #[must_use]
    #[doc(alias = "client_address")]
    pub fn peer_addr(&self) -> SockAddr {
        self.cell().peer.clone()
    }

    /// The address that the client connected to.
    #[must_use]
    pub fn local_addr(&self) -> SockAddr {
        self.cell().local_addr()
    }

    /// Waits until the server is stopping. [`lines`](Self::lines) end by themselves then; this is for those who read
    /// otherwise.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: a server that is stopping stays so.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_server::Connection;
    /// use tokio::io::AsyncReadExt;
    ///
    /// async fn swallow(mut conn: Connection) -> std::io::Result<()> {
    ///     let stopping = conn.stopping();
    ///     tokio::pin!(stopping);
    ///     let mut chunk = [0; 1024];
    ///     loop {
    ///         tokio::select! {
    ///             n = conn.read(&mut chunk) => if n? == 0 { return Ok(()) },
    ///             () = &mut stopping => return Ok(()),
    ///         }
    ///     }
    /// }
    /// ```
    pub fn stopping(&self) -> Stopped {
        self.stop_signal().stopped()
    }

    /// Whether the server is stopping.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.stop_signal().is_stopped()
    }

    /// The signal that tells when the server is stopping, to be kept or handed on.
    #[must_use]
    pub fn stop_signal(&self) -> StopSignal {
        self.cell().stop_signal()
    }

    /// The connection as lines of text.
    #[doc(alias = "makefile")]
    pub fn lines(&mut self) -> Lines<'_> {
        Lines::new(self.0.cell())
    }

    /// Sends a line: the bytes given, and `\n`.
    ///
    /// # Cancel safety
    ///
    /// A line is sent whole or not at all, as with [`Lines::send`].
    ///
    /// # Errors
    ///
    /// What writing to the connection failed with.
    #[doc(alias = "write_line")]
    pub async fn send_line(&mut self, line: impl AsRef<[u8]>) -> io::Result<()> {
        lines::send(self.cell(), line.as_ref(), "\n").await
    }

    /// A half to read from and a half to write to, each to be moved where it is needed.
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        (ReadHalf::new(Arc::clone(self.cell())), self.0)
    }
}

impl Connection {
    /// Takes the connection away from the server: it lives on when the handler has ended, and when the server is over.
    ///
    /// For what outlives its server, such as a tunnel. When the handler has ended, nothing counts the connection any more:
    /// it holds no permit, no stop reaches it, and nobody closes it well but its new owner. Until then, a kill of
    /// the handler does not close it either.
    ///
    /// # Errors
    ///
    /// `NotConnected` if it is closed already, because its handler has ended.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_server::Connection;
    /// use tokio::io::AsyncWriteExt;
    ///
    /// async fn goodbye_later(conn: Connection) -> std::io::Result<()> {
    ///     let mut stream = conn.detach()?;
    ///     greenroom_core::spawn(async move {
    ///         tokio::time::sleep(std::time::Duration::from_secs(3600)).await;
    ///         let _ = stream.write_all(b"goodbye\n").await;
    ///     });
    ///     Ok(())
    /// }
    /// ```
    pub fn detach(self) -> io::Result<Detached> {
        let cell = self.cell();
        match cell.detach() {
            Some((io, input, output)) => Ok(Detached::new(io, input, output, cell.peer.clone())),
            None => Err(Cell::closed()),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.cell().poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.cell().poll_write(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.cell().poll_write(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cell().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cell().poll_shutdown(context)
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("id", &self.id())
            .field("peer", &self.peer_addr())
            .finish_non_exhaustive()
    }
}
