//! A listener of the user's, without its type, so that servers need no type parameter.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;

use crate::address::SockAddr;
use crate::stream::connection::Io;
use crate::stream::listener::Listener;

/// One box per listener, and one per accept: what a server binds itself does not go through here.
pub(crate) struct AnyListener(Box<dyn Erased>);

type Accepting<'a> = Pin<Box<dyn Future<Output = io::Result<(Io, SockAddr)>> + Send + 'a>>;

trait Erased: Send {
    fn accept_boxed(&mut self) -> Accepting<'_>;
    fn address(&self) -> io::Result<SockAddr>;
}

impl<L: Listener> Erased for L {
    fn accept_boxed(&mut self) -> Accepting<'_> {
        Box::pin(async move {
            let (io, peer) = self.accept().await?;
            Ok((Io::from_stream(io), peer))
        })
    }

    fn address(&self) -> io::Result<SockAddr> {
        self.local_addr()
    }
}

impl AnyListener {
    pub(crate) fn new(listener: impl Listener) -> Self {
        Self(Box::new(listener))
    }
}

impl Listener for AnyListener {
    type Io = Io;

    async fn accept(&mut self) -> io::Result<(Io, SockAddr)> {
        self.0.accept_boxed().await
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.0.address()
    }
}

impl fmt::Debug for AnyListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyListener").field("local_addr", &self.local_addr().ok()).finish_non_exhaustive()
    }
}
