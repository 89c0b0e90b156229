//! Listeners of tokio, so that adaptors can stand on them.

use std::io;

use tokio::net::{TcpListener, TcpStream};

use crate::address::SockAddr;
use crate::stream::listener::Listener;

/// As it is: [`SocketOptions`](crate::SocketOptions) are for what a server binds, or takes over, itself.
impl Listener for TcpListener {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SockAddr)> {
        let (stream, peer) = Self::accept(self).await?;
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Self::local_addr(self).map(SockAddr::Ip)
    }
}
