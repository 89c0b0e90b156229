//! Listeners of tokio that only Unix systems have.

use std::io;

use tokio::net::{UnixListener, UnixStream};

use crate::address::SockAddr;
use crate::stream::listener::Listener;

/// As it is: the file of its socket is not removed.
impl Listener for UnixListener {
    type Io = UnixStream;

    async fn accept(&mut self) -> io::Result<(UnixStream, SockAddr)> {
        let (stream, peer) = Self::accept(self).await?;
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Self::local_addr(self).map(SockAddr::from)
    }
}
