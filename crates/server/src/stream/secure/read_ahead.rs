//! An io that is read in large pieces, whatever its user asks for.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::chunk::{Buffer, Chunk};
use crate::stream::connection::Io;

/// What lies under TLS: rustls asks for 4 KiB at a time, and a system call for each would cost more than the cipher.
///
/// What it reads ahead lies in a buffer of the pool, which it holds only while there is something in it. It may begin with bytes
/// that were read ahead before the handshake, along with a PROXY header.
pub(super) struct ReadAhead {
    /// In a box: mostly there is nothing.
    ahead: Option<Box<Chunk>>,
    io: Io,
}

impl ReadAhead {
    pub(super) fn new(io: Io, ahead: BytesMut) -> Self {
        Self { ahead: (!ahead.is_empty()).then(|| Box::new(ahead.freeze().into())), io }
    }
}

fn hand_out(chunk: &mut Chunk, buffer: &mut ReadBuf<'_>) {
    let n = buffer.remaining().min(chunk.len());
    buffer.put_slice(&chunk[..n]);
    chunk.advance(n);
}

impl AsyncRead for ReadAhead {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if let Some(chunk) = &mut self.ahead {
            hand_out(chunk, buffer);
            if !chunk.has_remaining() {
                self.ahead = None;
            }
            return Poll::Ready(Ok(()));
        }
        let mut large = Buffer::take();
        let mut filling = ReadBuf::new(&mut large);
        ready!(Pin::new(&mut self.io).poll_read(context, &mut filling))?;
        let end = filling.filled().len();
        let mut chunk = Chunk::pooled(large, end);
        hand_out(&mut chunk, buffer);
        if chunk.has_remaining() {
            self.ahead = Some(Box::new(chunk));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for ReadAhead {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
