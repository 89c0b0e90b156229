//! A listener that changes what it accepts.

use std::fmt;
use std::io;

use tokio::io::{AsyncRead, AsyncWrite};

use crate::address::SockAddr;
use crate::stream::listener::Listener;

/// A listener that puts another stream in the place of each. Made by [`ListenerExt::map_io`](crate::ListenerExt::map_io).
pub struct MapIo<L, F> {
    listener: L,
    map: F,
}

impl<L, F> MapIo<L, F> {
    pub(super) const fn new(listener: L, map: F) -> Self {
        Self { listener, map }
    }
}

impl<L, F, T> Listener for MapIo<L, F>
where
    L: Listener,
    F: FnMut(L::Io) -> T + Send + 'static,
    T: AsyncRead + AsyncWrite + Send + 'static,
{
    type Io = T;

    async fn accept(&mut self) -> io::Result<(T, SockAddr)> {
        let (io, peer) = self.listener.accept().await?;
        Ok(((self.map)(io), peer))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.listener.local_addr()
    }
}

impl<L: fmt::Debug, F> fmt::Debug for MapIo<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MapIo").field("listener", &self.listener).finish_non_exhaustive()
    }
}
