//! Listening on TCP.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

use crate::address::SockAddr;
use crate::stream::listener::{Listener, SocketOptions};

/// A TCP socket that accepts.
#[derive(Debug)]
pub(crate) struct TcpDoor {
    listener: TcpListener,
    options: SocketOptions,
}

impl Listener for TcpDoor {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SockAddr)> {
        let (stream, peer) = self.listener.accept().await?;
        self.options.on_accepted(&SockRef::from(&stream));
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.listener.local_addr().map(SockAddr::Ip)
    }
}

impl TcpDoor {
    pub(super) fn listen(address: SocketAddr, options: &SocketOptions) -> io::Result<Self> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        options.prepare(&socket, address)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(options.backlog.try_into().unwrap_or(i32::MAX))?;
        Ok(Self { listener: TcpListener::from_std(socket.into())?, options: options.clone() })
    }

    /// IPv6 and IPv4 in one socket, or IPv4 alone where the machine has no IPv6.
    pub(super) fn listen_anywhere(port: u16, options: &SocketOptions) -> io::Result<Self> {
        let every = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
        match Self::listen(every, options) {
            Err(error) if options.only_v6 != Some(true) && lacks_family(every, &error) => {
                Self::listen((Ipv4Addr::UNSPECIFIED, port).into(), options)
            }
            result => result,
        }
    }

    /// A socket that listens already.
    pub(super) fn given(socket: Socket, options: &SocketOptions) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let socket_ref = SockRef::from(&socket);
        options.buffers(&socket_ref)?;
        options.on_listener(&socket_ref)?;
        Ok(Self { listener: TcpListener::from_std(socket.into())?, options: options.clone() })
    }
}

/// Whether binding failed because the kernel has no such family, or has it switched off. An address that only is not of this
/// machine fails with the same error where there is IPv6, so the one that every machine with IPv6 has is tried.
pub(super) fn lacks_family(address: SocketAddr, error: &io::Error) -> bool {
    let off = |error: &io::Error| error.kind() == io::ErrorKind::AddrNotAvailable;
    let loopback = || std::net::TcpListener::bind((Ipv6Addr::LOCALHOST, 0));
    no_such_family(error)
        || address.is_ipv6()
            && off(error)
            && loopback().is_err_and(|error| off(&error) || no_such_family(&error))
}

#[cfg(unix)]
fn no_such_family(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EAFNOSUPPORT)
}

#[cfg(not(unix))]
fn no_such_family(_: &io::Error) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    async fn accepted(options: &SocketOptions) -> (TcpStream, SockAddr, TcpStream) {
        let mut door = TcpDoor::listen_anywhere(0, options).unwrap();
        let port = door.local_addr().unwrap().port().unwrap();
        let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let (stream, peer) = door.accept().await.unwrap();
        (stream, peer, client)
    }

    #[tokio::test]
    async fn accepted_connections_have_the_options_and_a_canonical_peer() {
        let (stream, peer, client) = accepted(&SocketOptions::new()).await;
        assert_eq!(peer.as_socket(), client.local_addr().ok(), "no ::ffff: before it");
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(
            (
                socket.tcp_keepalive_time().unwrap(),
                socket.tcp_keepalive_interval().unwrap(),
                socket.tcp_keepalive_retries().unwrap()
            ),
            (Duration::from_secs(60), Duration::from_secs(10), 6)
        );
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn options_that_were_changed_are_on_accepted_connections() {
        let options = SocketOptions::new()
            .nodelay(false)
            .no_keepalive()
            .user_timeout(Duration::from_secs(7))
            .receive_buffer(20_000)
            .send_buffer(30_000);
        let (stream, ..) = accepted(&options).await;
        let socket = SockRef::from(&stream);
        assert!(!socket.tcp_nodelay().unwrap());
        assert!(!socket.keepalive().unwrap());
        assert_eq!(socket.tcp_user_timeout().unwrap(), Some(Duration::from_secs(7)));
        // Linux doubles them.
        assert_eq!(
            (socket.recv_buffer_size().unwrap(), socket.send_buffer_size().unwrap()),
            (40_000, 60_000)
        );
    }

    #[tokio::test]
    async fn both_families_or_one_as_it_was_said() {
        let reached = async |only: Option<bool>| {
            let options = only.map_or_else(SocketOptions::new, |only| SocketOptions::new().only_v6(only));
            let door = TcpDoor::listen_anywhere(0, &options)?;
            let port = door.local_addr()?.port().unwrap();
            Ok(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.is_ok())
        };
        assert!(reached(None).await.unwrap());
        assert!(reached(Some(false)).await.unwrap());
        match reached(Some(true)).await {
            Ok(reached) => assert!(!reached),
            // A machine without IPv6 has nothing to offer.
            Err(error) => assert!(lacks_family((Ipv6Addr::UNSPECIFIED, 0).into(), &error), "{error}"),
        }
    }

    #[tokio::test]
    async fn a_port_is_shared_only_where_it_is_wanted() {
        let shared = SocketOptions::new().reuse_port(true);
        let first = TcpDoor::listen(([127, 0, 0, 1], 0).into(), &shared).unwrap();
        let address = first.local_addr().unwrap().as_socket().unwrap();
        let error = TcpDoor::listen(address, &SocketOptions::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
        TcpDoor::listen(address, &shared).unwrap();
    }

    #[tokio::test]
    async fn an_address_that_is_not_of_this_machine_is_no_missing_family() {
        let address: SocketAddr = "192.0.2.1:0".parse().unwrap();
        let error = TcpDoor::listen(address, &SocketOptions::new()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AddrNotAvailable);
        assert!(!lacks_family(address, &error));
    }
}
