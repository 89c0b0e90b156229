//! The stream under a connection.

use std::any::Any;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

#[cfg(not(unix))]
use tokio::io::Empty as UnixStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use crate::address::SockAddr;

/// TCP and Unix lie inline; whatever else a listener brings is boxed, and so is TLS.
pub(crate) enum Io {
    Tcp(TcpStream),
    Unix(UnixStream),
    Foreign(Pin<Box<dyn Foreign>>),
}

pub(crate) trait Foreign: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Foreign for T {}

/// Calls the same of whichever it is.
macro_rules! each {
    ($io:expr, $pinned:ident => $call:expr) => {
        match $io.get_mut() {
            Io::Tcp(tcp) => {
                let $pinned = Pin::new(tcp);
                $call
            }
            Io::Unix(unix) => {
                let $pinned = Pin::new(unix);
                $call
            }
            Io::Foreign(foreign) => {
                let $pinned = foreign.as_mut();
                $call
            }
        }
    };
}

impl Io {
    pub(crate) fn from_stream<S: AsyncRead + AsyncWrite + Send + 'static>(stream: S) -> Self {
        // Which type it is, is known when this is compiled: the tests below cost nothing.
        let mut stream = Some(stream);
        let any: &mut dyn Any = &mut stream;
        if let Some(tcp) = any.downcast_mut::<Option<TcpStream>>().and_then(Option::take) {
            return Self::Tcp(tcp);
        }
        if let Some(unix) = any.downcast_mut::<Option<UnixStream>>().and_then(Option::take) {
            return Self::Unix(unix);
        }
        if let Some(io) = any.downcast_mut::<Option<Self>>().and_then(Option::take) {
            return io;
        }
        match stream {
            Some(stream) => Self::Foreign(Box::pin(stream)),
            None => unreachable!("taken only by what returned"),
        }
    }

    /// The address the peer connected to, where it may differ from the listener's.
    pub(crate) fn local_addr(&self) -> Option<SockAddr> {
        match self {
            Self::Tcp(tcp) => tcp.local_addr().ok().map(SockAddr::from),
            Self::Unix(_) | Self::Foreign(_) => None,
        }
    }

    /// Whether closing it says all there is to say: then it need not be shut down first.
    pub(crate) const fn closes_by_drop(&self) -> bool {
        !matches!(self, Self::Foreign(_))
    }
}

impl AsyncRead for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        each!(self, io => io.poll_read(context, buffer))
    }
}

impl AsyncWrite for Io {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        each!(self, io => io.poll_write(context, bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, io => io.poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        each!(self, io => io.poll_shutdown(context))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        each!(self, io => io.poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Self::Tcp(tcp) => tcp.is_write_vectored(),
            Self::Unix(unix) => unix.is_write_vectored(),
            Self::Foreign(foreign) => foreign.is_write_vectored(),
        }
    }
}
