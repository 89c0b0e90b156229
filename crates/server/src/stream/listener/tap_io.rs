//! A listener that shows what it accepts.

use std::fmt;
use std::io;

use crate::address::SockAddr;
use crate::stream::listener::Listener;

/// A listener that shows each stream to a function. Made by [`ListenerExt::tap_io`](crate::ListenerExt::tap_io).
pub struct TapIo<L, F> {
    listener: L,
    tap: F,
}

impl<L, F> TapIo<L, F> {
    pub(super) const fn new(listener: L, tap: F) -> Self {
        Self { listener, tap }
    }
}

impl<L, F> Listener for TapIo<L, F>
where
    L: Listener,
    F: FnMut(&mut L::Io) + Send + 'static,
{
    type Io = L::Io;

    async fn accept(&mut self) -> io::Result<(L::Io, SockAddr)> {
        let (mut io, peer) = self.listener.accept().await?;
        (self.tap)(&mut io);
        Ok((io, peer))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.listener.local_addr()
    }
}

impl<L: fmt::Debug, F> fmt::Debug for TapIo<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TapIo").field("listener", &self.listener).finish_non_exhaustive()
    }
}
