//! A connection of a client.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use crate::address::SockAddr;

/// A connected stream, of TCP or Unix. From [`connect`](crate::connect()).
///
/// Plain tokio inside: take it apart with a `match` to reach what only one of them has.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use greenroom_server::connect;
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// let mut stream = connect("localhost:7000").await?;
/// stream.write_all(b"hello\n").await?;
/// stream.shutdown().await?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer).await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ClientStream {
    /// Over TCP.
    Tcp(TcpStream),
    /// Over a Unix socket.
    #[cfg(unix)]
    Unix(UnixStream),
}

impl ClientStream {
    /// The address of the server.
    ///
    /// # Errors
    ///
    /// When the connection is gone already.
    pub fn peer_addr(&self) -> io::Result<SockAddr> {
        match self {
            Self::Tcp(tcp) => tcp.peer_addr().map(SockAddr::from),
            #[cfg(unix)]
            Self::Unix(unix) => unix.peer_addr().map(SockAddr::from),
        }
    }

    /// The address of this side. A Unix socket's has no name.
    ///
    /// # Errors
    ///
    /// Where the system cannot tell.
    pub fn local_addr(&self) -> io::Result<SockAddr> {
        match self {
            Self::Tcp(tcp) => tcp.local_addr().map(SockAddr::from),
            #[cfg(unix)]
            Self::Unix(unix) => unix.local_addr().map(SockAddr::from),
        }
    }
}

impl From<TcpStream> for ClientStream {
    fn from(stream: TcpStream) -> Self {
        Self::Tcp(stream)
    }
}

#[cfg(unix)]
impl From<UnixStream> for ClientStream {
    fn from(stream: UnixStream) -> Self {
        Self::Unix(stream)
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_read(context, buffer),
            #[cfg(unix)]
            Self::Unix(unix) => Pin::new(unix).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write(context, bytes),
            #[cfg(unix)]
            Self::Unix(unix) => Pin::new(unix).poll_write(context, bytes),
        }
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_write_vectored(context, slices),
            #[cfg(unix)]
            Self::Unix(unix) => Pin::new(unix).poll_write_vectored(context, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        // Both are.
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_flush(context),
            #[cfg(unix)]
            Self::Unix(unix) => Pin::new(unix).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Tcp(tcp) => Pin::new(tcp).poll_shutdown(context),
            #[cfg(unix)]
            Self::Unix(unix) => Pin::new(unix).poll_shutdown(context),
        }
    }
}
