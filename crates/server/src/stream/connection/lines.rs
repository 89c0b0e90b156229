//! A connection as lines of text.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::{Poll, ready};

use crate::stream::connection::cell::{Cell, Sending};
use crate::stream::connection::half::ReadHalf;
use crate::stream::connection::line::Line;

const DEFAULT_LIMIT: usize = 64 * 1024;

/// Reads lines from a connection and sends lines to it. Made by [`Connection::lines`](crate::Connection::lines).
///
/// A line ends with `\n` or `\r\n`, and comes without it; a last line may lack it. A lone `\r` is part of the line. Lines
/// are UTF-8 and have at most 64 KiB, unless [`limit`](Self::limit) says otherwise. [`send`](Self::send) appends `\n`, or
/// `\r\n` after [`crlf`](Self::crlf): a client that ended its lines with `\r\n` gets `\n` back unless told.
///
/// **Stopping is end of input.** When the server is stopping and nothing of a further line has come, `next` says that
/// there are no more lines, as if the client had closed. So a handler that reads lines drains without a line of code.
///
/// Bytes read ahead belong to the connection, not to this value: lines and plain reads may follow one another.
///
/// gevent's counterpart is `socket.makefile()`.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
///
/// async fn echo(mut conn: Connection) -> std::io::Result<()> {
///     let mut lines = conn.lines();
///     while let Some(line) = lines.next().await? {
///         lines.send(line).await?;
///     }
///     Ok(())
/// }
/// ```
#[doc(alias = "makefile")]
#[must_use = "reads nothing unless `next` is called"]
pub struct Lines<'a> {
    cell: &'a Arc<Cell>,
    limit: usize,
    end: End,
}

impl<'a> Lines<'a> {
    pub(super) const fn new(cell: &'a Arc<Cell>) -> Self {
        Self { cell, limit: DEFAULT_LIMIT, end: End::Lf }
    }

    /// The most bytes a line may have, its end not counted. Default: 64 KiB.
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Ends the lines sent with `\r\n`. Default: `\n`. What is read may end with either.
    pub const fn crlf(mut self) -> Self {
        self.end = End::CrLf;
        self
    }

    /// The next line; `None` at the end of input, or when the server is stopping.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: part of a line stays with the connection, for the next read.
    ///
    /// # Errors
    ///
    /// Of kind `InvalidData` with a [`LineError`](crate::LineError) inside: the line is too long (the error names the
    /// limit, and comes again), or is not UTF-8 (the error names the byte, and the next call gives the line after it).
    /// Else what reading from the connection failed with.
    #[expect(clippy::should_implement_trait, reason = "it waits, as its namesakes in tokio do")]
    pub fn next(&mut self) -> impl Future<Output = io::Result<Option<Line>>> {
        next(self.cell, self.limit)
    }

    /// Sends a line: the bytes given, and an end of line.
    ///
    /// Replies are gathered, and sent together: before more input is waited for, when 64 KiB have come together, on
    /// [`flush`](tokio::io::AsyncWriteExt::flush), at the end, and whenever the task suspends, whatever it waits for, or is over. So no
    /// reply is held back, and a client that asks for many things at once costs one system call for all its answers. This waits
    /// only when 64 KiB have come together and the peer does not read. Outside of a Greenroom task a line is sent at once, and
    /// this waits until the system has taken it.
    ///
    /// # Cancel safety
    ///
    /// A line is sent whole or not at all. If the future was polled, it may be sent even if the future is dropped.
    ///
    /// # Errors
    ///
    /// What writing to the connection failed with, also while sending earlier lines. What goes wrong while nobody waits is an
    /// error of the next read or write, whichever comes first.
    pub fn send(&mut self, line: impl AsRef<[u8]>) -> impl Future<Output = io::Result<()>> {
        send(self.cell, line, self.end)
    }
}

impl fmt::Debug for Lines<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lines")
            .field("peer", self.cell.peer_addr())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// Reads lines from the reading half of a connection. Made by [`ReadHalf::into_lines`](crate::ReadHalf::into_lines).
///
/// It reads as [`Lines`] does; it is owned, and sends nothing.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
///
/// async fn shout(conn: Connection) -> std::io::Result<()> {
///     let (reader, mut writer) = conn.into_split();
///     let mut lines = reader.into_lines();
///     while let Some(line) = lines.next().await? {
///         writer.send_line(line.to_uppercase()).await?;
///     }
///     Ok(())
/// }
/// ```
#[must_use = "reads nothing unless `next` is called"]
pub struct ReadLines {
    half: ReadHalf,
    limit: usize,
}

impl ReadLines {
    pub(super) const fn new(half: ReadHalf) -> Self {
        Self { half, limit: DEFAULT_LIMIT }
    }

    /// The most bytes a line may have, its end not counted. Default: 64 KiB.
    pub const fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The next line; `None` at the end of input, or when the server is stopping.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing: part of a line stays with the connection, for the next read.
    ///
    /// # Errors
    ///
    /// As [`Lines::next`].
    #[expect(clippy::should_implement_trait, reason = "it waits, as its namesakes in tokio do")]
    pub fn next(&mut self) -> impl Future<Output = io::Result<Option<Line>>> {
        next(self.half.cell(), self.limit)
    }
}

impl fmt::Debug for ReadLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadLines")
            .field("peer", self.half.cell().peer_addr())
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// What a line that is sent ends with.
#[derive(Debug, Clone, Copy)]
pub(super) enum End {
    Lf,
    CrLf,
}

impl End {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Lf => b"\n",
            Self::CrLf => b"\r\n",
        }
    }
}

/// Not an async fn: a handler that waits here holds what it must and nothing twice.
fn next(cell: &Cell, limit: usize) -> impl Future<Output = io::Result<Option<Line>>> {
    poll_fn(move |context| match ready!(cell.poll_line(limit, context))? {
        Some(bytes) => Poll::Ready(Ok(Some(Line::from_utf8(bytes)?))),
        None => Poll::Ready(Ok(None)),
    })
}

/// The same holds here.
pub(super) fn send(
    cell: &Arc<Cell>,
    line: impl AsRef<[u8]>,
    end: End,
) -> impl Future<Output = io::Result<()>> {
    let mut stage = Sending::default();
    poll_fn(move |context| cell.poll_send(&mut stage, context, &[line.as_ref(), end.bytes()]))
}
