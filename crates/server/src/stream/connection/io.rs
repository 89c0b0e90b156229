//! The stream under a connection.

use std::any::Any;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::address::SockAddr;
use crate::sync::Mutex;

/// TCP lies inline; whatever else a listener brings is boxed.
pub(crate) enum Io {
    Tcp(TcpStream),
    /// The lock is never locked: it makes a stream that is only `Send` `Sync` as well.
    Foreign(Mutex<Pin<Box<dyn Foreign>>>),
}

pub(crate) trait Foreign: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Foreign for T {}

impl Io {
    pub(crate) fn from_stream<S: AsyncRead + AsyncWrite + Send + 'static>(stream: S) -> Self {
        // Which type it is, is known when this is compiled: the tests below cost nothing.
        let mut stream = Some(stream);
        let any: &mut dyn Any = &mut stream;
        if let Some(tcp) = any.downcast_mut::<Option<TcpStream>>().and_then(Option::take) {
            return Self::Tcp(tcp);
        }
        if let Some(io) = any.downcast_mut::<Option<Self>>().and_then(Option::take) {
            return io;
        }
        match stream {
            Some(stream) => Self::Foreign(Mutex::new(Box::pin(stream))),
            None => unreachable!("taken only by what returned"),
        }
    }

    pub(crate) fn local_addr(&self) -> Option<SockAddr> {
        match self {
            Self::Tcp(tcp) => tcp.local_addr().ok().map(SockAddr::from),
            Self::Foreign(_) => None,
        }
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_read(context, buffer),
            Self::Foreign(foreign) => foreign.as_mut().as_mut().poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write(context, bytes),
            Self::Foreign(foreign) => foreign.as_mut().as_mut().poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_flush(context),
            Self::Foreign(foreign) => foreign.as_mut().as_mut().poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(context),
            Self::Foreign(foreign) => foreign.as_mut().as_mut().poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write_vectored(context, slices),
            Self::Foreign(foreign) => foreign.as_mut().as_mut().poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(tcp) => tcp.is_write_vectored(),
            // Asking would need the lock; gathering first is never wrong.
            Self::Foreign(_) => false,
        }
    }
}
