//! The seam between the accept loop and what it accepts from.

use std::future::Future;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::address::SockAddr;

/// A source of connections.
///
/// Servers bring their own for TCP; implement it to serve something else, or to script what accept answers in a test.
/// [`StreamServer::on`](crate::StreamServer::on) takes it.
///
/// Errors need no care here: the accept loop judges them. What belongs to one client is retried at once, exhaustion is
/// waited out, and an error that says that the listener is dead (EBADF, EINVAL, ENOTSOCK, EFAULT) ends it.
///
/// # Examples
///
/// ```
/// use std::io;
/// use greenroom_server::{Listener, SockAddr};
/// use tokio::io::DuplexStream;
/// use tokio::sync::mpsc;
///
/// /// Serves what a test sends through a channel.
/// struct InMemory(mpsc::Receiver<DuplexStream>);
///
/// impl Listener for InMemory {
///     type Io = DuplexStream;
///
///     async fn accept(&mut self) -> io::Result<(DuplexStream, SockAddr)> {
///         match self.0.recv().await {
///             Some(stream) => Ok((stream, SockAddr::Memory(1))),
///             None => std::future::pending().await,
///         }
///     }
///
///     fn local_addr(&self) -> io::Result<SockAddr> {
///         Ok(SockAddr::Memory(0))
///     }
/// }
/// ```
pub trait Listener: Send + 'static {
    /// The stream of one connection.
    type Io: AsyncRead + AsyncWrite + Send + 'static;

    /// The next connection, and the address of its peer.
    ///
    /// # Cancel safety
    ///
    /// An implementation must be cancel safe: the server drops this future when it stops, and a connection it had
    /// already taken would be lost.
    fn accept(&mut self) -> impl Future<Output = io::Result<(Self::Io, SockAddr)>> + Send;

    /// The address it listens on.
    ///
    /// # Errors
    ///
    /// Where the system cannot tell.
    fn local_addr(&self) -> io::Result<SockAddr>;
}
