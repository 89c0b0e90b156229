//! What can be put over any listener.

use tokio::io::{AsyncRead, AsyncWrite};

use crate::stream::listener::{Listener, MapIo, TapIo};

/// Adaptors for every [`Listener`].
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, ListenerExt, StreamServer};
/// use tokio::net::TcpListener;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let listener = TcpListener::bind("127.0.0.1:0").await?.tap_io(|tcp| {
///     // It fails if the client has gone already; the handler will notice.
///     let _ = tcp.set_nodelay(true);
/// });
/// let server = StreamServer::on(listener).start(async |_: Connection| {}).await?;
/// # drop(server);
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
pub trait ListenerExt: Listener + Sized {
    /// Shows each accepted stream to `tap` before it is served. It runs in the accept loop, so it must not block; and what fails in it
    /// is its own affair.
    fn tap_io<F>(self, tap: F) -> TapIo<Self, F>
    where
        F: FnMut(&mut Self::Io) + Send + 'static,
    {
        TapIo::new(self, tap)
    }

    /// Puts another stream in the place of each accepted one: one that counts, records, or misbehaves for a test. It runs in the
    /// accept loop, so it must not block. What is to be awaited, such as a handshake, belongs in the stream's first reads, or in
    /// the handler.
    fn map_io<F, T>(self, map: F) -> MapIo<Self, F>
    where
        F: FnMut(Self::Io) -> T + Send + 'static,
        T: AsyncRead + AsyncWrite + Send + 'static,
    {
        MapIo::new(self, map)
    }
}

impl<L: Listener> ListenerExt for L {}
