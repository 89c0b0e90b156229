//! A client's connection under TLS.

use std::fmt;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use crate::connect::ClientStream;
use crate::tls::TlsFacts;

/// A connected stream under TLS. From [`connect_tls`](crate::connect_tls()).
///
/// Shut it down when all is written ([`AsyncWriteExt::shutdown`](tokio::io::AsyncWriteExt::shutdown)): that says goodbye in the
/// protocol's own way, so that the server can tell the end from a cut.
pub struct TlsClientStream {
    stream: Box<TlsStream<ClientStream>>,
    facts: TlsFacts,
}

impl TlsClientStream {
    pub(super) fn new(stream: TlsStream<ClientStream>, host: &str) -> Self {
        let facts = TlsFacts::of_client(stream.get_ref().1, Some(host));
        Self { stream: Box::new(stream), facts }
    }

    /// What the handshake settled.
    #[must_use]
    pub const fn tls(&self) -> &TlsFacts {
        &self.facts
    }

    /// The connection underneath.
    #[must_use]
    pub fn get_ref(&self) -> &ClientStream {
        self.stream.get_ref().0
    }
}

impl AsyncRead for TlsClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for TlsClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl fmt::Debug for TlsClientStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsClientStream").field("tls", &self.facts).finish_non_exhaustive()
    }
}
