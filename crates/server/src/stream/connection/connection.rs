//! One connection, as its handler has it.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::address::SockAddr;
use crate::chunk::Chunk;
use crate::deadline::Deadlines;
use crate::stop::{StopSignal, Stopped};
use crate::stream::connection::cell::Cell;
use crate::stream::connection::frames::Frames;
use crate::stream::connection::half::{ReadHalf, WriteHalf};
use crate::stream::connection::id::ConnectionId;
use crate::stream::connection::lines::{self, End, Lines};
use crate::stream::connection::relay::relay;

/// A client's connection.
///
/// It reads and writes as any tokio stream does ([`AsyncRead`], [`AsyncWrite`]); [`lines`](Self::lines) makes it speak
/// lines of text, [`frames`](Self::frames) frames of a codec, [`recv`](Self::recv) gives bytes as they come, and
/// [`into_split`](Self::into_split) gives a half each to a reader and a writer.
///
/// It is one pointer, and an idle one holds no buffer. **It closes well**: when it is dropped, or the last of its halves, what
/// is left is sent (within 2 s), the sending side finished (under TLS with a close_notify), and what the peer still sends read
/// and forgotten (for 0.5 s, at most 1 MiB), so that the last words arrive. When its handler has ended, by return,
/// error, panic or kill, the same is done, also if halves of it are still alive elsewhere: their reads and writes
/// fail from then on. [`detach`](Self::detach) lets it outlive its handler.
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

    pub(crate) fn cell(&self) -> &Arc<Cell> {
        self.0.cell()
    }

    /// Its number, unique in this process.
    #[must_use]
    pub fn id(&self) -> ConnectionId {
        self.cell().id
    }

    /// The client's address, as accept told it, or as a trusted proxy did; an IPv4 client of an IPv6 socket is named by its IPv4 address.
    #[must_use]
    #[doc(alias = "client_address")]
    pub fn peer_addr(&self) -> SockAddr {
        self.cell().peer_addr().clone()
    }

    /// The address that the client connected to, as the system tells it, or a trusted proxy.
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

    /// Tells that the server has been told to stop, which may be some time before connections are to end: see
    /// [`StreamServer::lame_duck`](crate::StreamServer::lame_duck). For what answers health checks.
    #[must_use]
    pub fn lame_duck_signal(&self) -> StopSignal {
        self.cell().lame_duck_signal()
    }

    /// The connection as lines of text.
    #[doc(alias = "makefile")]
    pub fn lines(&mut self) -> Lines<'_> {
        Lines::new(self.0.cell())
    }

    /// The connection as frames of a codec.
    pub fn frames<C>(&mut self, codec: C) -> Frames<'_, C> {
        Frames::new(self.0.cell(), codec)
    }

    /// Bytes as they come, up to 64 KiB; `None` at the end of input, or when the server is stopping.
    ///
    /// The chunk lies in a buffer of a pool, taken when there is something to read: a connection that waits holds none.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// What reading from the connection failed with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_server::Connection;
    /// use tokio::io::AsyncWriteExt;
    ///
    /// async fn echo(mut conn: Connection) -> std::io::Result<()> {
    ///     while let Some(chunk) = conn.recv().await? {
    ///         conn.write_all(&chunk).await?;
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn recv(&mut self) -> impl Future<Output = io::Result<Option<Chunk>>> {
        poll_fn(|context| self.cell().poll_recv(context))
    }

    /// The first `n` bytes of what comes next, which stay to be read: to tell protocols apart by how they begin. Fewer than `n`
    /// at the end of input, or when the server is stopping.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// What reading from the connection failed with.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_server::Connection;
    /// # async fn speak_http(_: Connection) -> std::io::Result<()> { Ok(()) }
    /// # async fn speak_lines(_: Connection) -> std::io::Result<()> { Ok(()) }
    /// async fn either(mut conn: Connection) -> std::io::Result<()> {
    ///     if &*conn.peek(4).await? == b"GET " { speak_http(conn).await } else { speak_lines(conn).await }
    /// }
    /// ```
    pub fn peek(&mut self, n: usize) -> impl Future<Output = io::Result<Bytes>> {
        poll_fn(move |context| self.cell().poll_peek(n, context))
    }

    /// Copies both ways between the connection and `other`, until both have finished sending: how many bytes went to `other`, and
    /// how many came from it.
    ///
    /// When one side finishes sending, the other side is told so, and may go on. Stopping is end of input here too: `other` is
    /// then finished, and what it still sends is relayed. Each direction holds a buffer only while it holds bytes.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses bytes that were read from one side and not yet written to the other.
    ///
    /// # Errors
    ///
    /// What reading from or writing to either side failed with.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_server::Connection;
    /// use tokio::net::TcpStream;
    ///
    /// async fn forward(mut conn: Connection) -> std::io::Result<()> {
    ///     let mut upstream = TcpStream::connect("127.0.0.1:8080").await?;
    ///     conn.copy_to(&mut upstream).await?;
    ///     Ok(())
    /// }
    /// ```
    #[doc(alias = "forward")]
    pub async fn copy_to<S>(&mut self, other: &mut S) -> io::Result<(u64, u64)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        relay(self.cell(), other).await
    }

    /// Holds the connection to these deadlines from now on, in place of the server's.
    ///
    /// Its age goes on, and so does whatever it waits for. Where no deadline was set before, its age counts from now.
    ///
    /// # Examples
    ///
    /// ```
    /// use std::time::Duration;
    /// use greenroom_server::{Connection, Deadlines};
    ///
    /// async fn serve(mut conn: Connection) -> std::io::Result<()> {
    ///     conn.set_deadlines(Deadlines::new().idle(Duration::from_secs(10)));
    ///     if conn.lines().next().await?.as_deref() != Some("the password") {
    ///         return Ok(());
    ///     }
    ///     // Whoever knows it may think.
    ///     conn.set_deadlines(Deadlines::new());
    ///     conn.lines().next().await?;
    ///     Ok(())
    /// }
    /// ```
    pub fn set_deadlines(&mut self, deadlines: Deadlines) {
        self.cell().set_deadlines(deadlines);
    }

    /// Lets the connection outlive its handler: from now on it belongs to whoever has it, and is closed when it is dropped.
    ///
    /// It keeps its permit of the server's [`Limits`](crate::Limits) until then. A stop neither waits for it nor closes
    /// it; its stop signal is given all the same.
    ///
    /// # Examples
    ///
    /// ```
    /// # use greenroom_server::{Connection, with};
    /// use greenroom_core::Queue;
    ///
    /// // The connections are served elsewhere, by whoever takes them from the queue.
    /// let lobby = Queue::bounded(100);
    /// let handler = with(lobby, async |lobby: Queue<Connection>, conn: Connection| {
    ///     lobby.put(conn.detach()).await.map_err(|_| "nobody serves any more")
    /// });
    /// # fn is_handler(_: impl greenroom_server::Handler) {}
    /// # is_handler(handler);
    /// ```
    #[must_use = "dropping it closes the connection"]
    pub fn detach(self) -> Self {
        self.cell().detach();
        self
    }

    /// Sends a line: the bytes given, and `\n`. It may be gathered with others, as with [`Lines::send`].
    ///
    /// # Cancel safety
    ///
    /// A line is sent whole or not at all, as with [`Lines::send`].
    ///
    /// # Errors
    ///
    /// What writing to the connection failed with.
    #[doc(alias = "write_line")]
    pub fn send_line(&mut self, line: impl AsRef<[u8]>) -> impl Future<Output = io::Result<()>> {
        lines::send(self.cell(), line, End::Lf)
    }

    /// A half to read from and a half to write to, each to be moved where it is needed: lines come from
    /// [`into_lines`](ReadHalf::into_lines) of the one, and go by [`send_line`](WriteHalf::send_line) of the other.
    ///
    /// Who only waits for two things at once needs no halves: [`lines`](Self::lines) both reads and sends, and its `next` may stand in a
    /// `select!`.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::{Group, Queue};
    /// use greenroom_server::Connection;
    ///
    /// async fn member(inbox: Queue<String>, conn: Connection) -> std::io::Result<()> {
    ///     let (reader, mut writer) = conn.into_split();
    ///     let teller = Group::new(); // its task ends with us, however we end
    ///     teller.spawn(async move {
    ///         while let Ok(said) = inbox.get().await {
    ///             writer.send_line(said).await?;
    ///         }
    ///         std::io::Result::Ok(())
    ///     });
    ///     let mut lines = reader.into_lines();
    ///     while let Some(line) = lines.next().await? {
    ///         println!("{line}");
    ///     }
    ///     Ok(())
    /// }
    /// ```
    pub fn into_split(self) -> (ReadHalf, WriteHalf) {
        (ReadHalf::new(Arc::clone(self.cell())), self.0)
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
