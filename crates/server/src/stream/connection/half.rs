//! The halves of a connection.

use std::fmt;
use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::address::SockAddr;
use crate::chunk::Chunk;
use crate::stream::connection::cell::Cell;
use crate::stream::connection::frames::{ReadFrames, WriteFrames};
use crate::stream::connection::lines::{self, End, ReadLines};

/// The half of a connection that reads. Made by [`Connection::into_split`](crate::Connection::into_split).
///
/// Dropping it does not close anything; the writing half may go on.
///
/// # Examples
///
/// ```
/// use greenroom_core::spawn;
/// use greenroom_server::Connection;
/// use tokio::io::AsyncWriteExt;
///
/// async fn swap(one: Connection, other: Connection) -> std::io::Result<()> {
///     let (mut from, mut back) = one.into_split();
///     let (mut answers, mut to) = other.into_split();
///     spawn(async move {
///         while let Some(chunk) = answers.recv().await? {
///             back.write_all(&chunk).await?;
///         }
///         std::io::Result::Ok(())
///     });
///     while let Some(chunk) = from.recv().await? {
///         to.write_all(&chunk).await?;
///     }
///     Ok(())
/// }
/// ```
#[must_use = "dropping it leaves nobody to read"]
pub struct ReadHalf {
    cell: Arc<Cell>,
}

impl ReadHalf {
    pub(super) fn new(cell: Arc<Cell>) -> Self {
        cell.split();
        Self { cell }
    }

    pub(super) const fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    /// The client's address.
    #[must_use]
    pub fn peer_addr(&self) -> SockAddr {
        self.cell.peer_addr().clone()
    }

    /// What comes, as lines of text.
    pub const fn into_lines(self) -> ReadLines {
        ReadLines::new(self)
    }

    /// What comes, as frames of a codec.
    pub const fn into_frames<C>(self, codec: C) -> ReadFrames<C> {
        ReadFrames::new(self, codec)
    }

    /// Bytes as they come: see [`Connection::recv`](crate::Connection::recv).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// What reading from the connection failed with.
    pub fn recv(&mut self) -> impl Future<Output = io::Result<Option<Chunk>>> {
        poll_fn(|context| self.cell.poll_recv(context))
    }
}

impl Drop for ReadHalf {
    fn drop(&mut self) {
        self.cell.reader_is_gone();
    }
}

impl AsyncRead for ReadHalf {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.cell.poll_read(context, buffer)
    }
}

impl fmt::Debug for ReadHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadHalf").field("peer", self.cell.peer_addr()).finish_non_exhaustive()
    }
}

/// The half of a connection that writes. Made by [`Connection::into_split`](crate::Connection::into_split).
///
/// Dropping it finishes the sending side, after what is left to send: the client reads to the end, and may still send. If that
/// must wait for the client it is done beside the reader, in a task of its own.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
///
/// async fn last_words(conn: Connection) -> std::io::Result<()> {
///     let (reader, mut writer) = conn.into_split();
///     writer.send_line("that is all").await?;
///     drop(writer);
///     // The client has read to the end, and says so.
///     reader.into_lines().next().await?;
///     Ok(())
/// }
/// ```
#[must_use = "dropping it finishes the sending side"]
pub struct WriteHalf {
    cell: Arc<Cell>,
}

impl WriteHalf {
    pub(super) const fn new(cell: Arc<Cell>) -> Self {
        Self { cell }
    }

    pub(super) const fn cell(&self) -> &Arc<Cell> {
        &self.cell
    }

    /// The client's address.
    #[must_use]
    pub fn peer_addr(&self) -> SockAddr {
        self.cell.peer_addr().clone()
    }

    /// Sends frames of a codec.
    pub const fn into_frames<C>(self, codec: C) -> WriteFrames<C> {
        WriteFrames::new(self, codec)
    }

    /// Sends a line: the bytes given, and `\n`. It may be gathered with others, as with [`Lines::send`](crate::Lines::send).
    ///
    /// # Cancel safety
    ///
    /// A line is sent whole or not at all, as with [`Lines::send`](crate::Lines::send).
    ///
    /// # Errors
    ///
    /// What writing to the connection failed with.
    pub fn send_line(&mut self, line: impl AsRef<[u8]>) -> impl Future<Output = io::Result<()>> {
        lines::send(&self.cell, line, End::Lf)
    }
}

impl Drop for WriteHalf {
    fn drop(&mut self) {
        self.cell.writer_is_gone();
    }
}

impl AsyncWrite for WriteHalf {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.cell.poll_write(context, &[IoSlice::new(bytes)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.cell.poll_write(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cell.poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cell.poll_shutdown(context)
    }
}

impl fmt::Debug for WriteHalf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteHalf").field("peer", self.cell.peer_addr()).finish_non_exhaustive()
    }
}
