//! A connection that is no server's any more.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::address::SockAddr;
use crate::stream::connection::io::Io;

/// A connection taken away from its server by [`Connection::detach`](crate::Connection::detach): a plain tokio stream.
///
/// It gives what the server's side had read and nobody used, then what comes; and what was still to be sent goes out
/// before what is written to it. Dropping it closes it at once.
pub struct Detached {
    io: Io,
    input: BytesMut,
    output: BytesMut,
    peer: SockAddr,
}

impl Detached {
    pub(super) const fn new(io: Io, input: BytesMut, output: BytesMut, peer: SockAddr) -> Self {
        Self { io, input, output, peer }
    }

    /// The client's address.
    #[must_use]
    pub fn peer_addr(&self) -> SockAddr {
        self.peer.clone()
    }

    /// Sends what was gathered before.
    fn poll_output(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            match ready!(Pin::new(&mut self.io).poll_write(context, &self.output))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => self.output.advance(n),
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncRead for Detached {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.input.is_empty() {
            return Pin::new(&mut self.io).poll_read(context, buffer);
        }
        let n = buffer.remaining().min(self.input.len());
        buffer.put_slice(&self.input.split_to(n));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Detached {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_output(context))?;
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_output(context))?;
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_output(context))?;
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_output(context))?;
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl fmt::Debug for Detached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Detached").field("peer", &self.peer).finish_non_exhaustive()
    }
}
