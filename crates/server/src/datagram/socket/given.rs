//! Sockets that somebody else has made.

use std::fmt;

/// A datagram socket that was made elsewhere, for [`DatagramServer::on`](crate::DatagramServer::on): a bound `UdpSocket`
/// or, on Unix, `UnixDatagram`, of std or tokio.
///
/// It is taken as it is, and made non-blocking. A connected one hears only its peer, and what ICMP says of it. The file
/// of a Unix socket stays when the server ends.
///
/// # Examples
///
/// ```
/// use greenroom_server::{DatagramServer, Packet};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let socket = std::net::UdpSocket::bind("127.0.0.1:0")?;
/// let address = socket.local_addr()?;
/// let server = DatagramServer::on(socket).start(async |_packet: Packet| {}).await?;
/// assert_eq!(server.local_addrs()[0].as_socket(), Some(address));
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
pub struct DatagramSocket(Given);

pub(super) enum Given {
    Std(std::net::UdpSocket),
    Tokio(tokio::net::UdpSocket),
    #[cfg(unix)]
    StdUnix(std::os::unix::net::UnixDatagram),
    #[cfg(unix)]
    TokioUnix(tokio::net::UnixDatagram),
}

impl DatagramSocket {
    pub(super) fn into_given(self) -> Given {
        self.0
    }
}

impl From<std::net::UdpSocket> for DatagramSocket {
    fn from(socket: std::net::UdpSocket) -> Self {
        Self(Given::Std(socket))
    }
}

impl From<tokio::net::UdpSocket> for DatagramSocket {
    fn from(socket: tokio::net::UdpSocket) -> Self {
        Self(Given::Tokio(socket))
    }
}

#[cfg(unix)]
impl From<std::os::unix::net::UnixDatagram> for DatagramSocket {
    fn from(socket: std::os::unix::net::UnixDatagram) -> Self {
        Self(Given::StdUnix(socket))
    }
}

#[cfg(unix)]
impl From<tokio::net::UnixDatagram> for DatagramSocket {
    fn from(socket: tokio::net::UnixDatagram) -> Self {
        Self(Given::TokioUnix(socket))
    }
}

impl fmt::Debug for DatagramSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let socket: &dyn fmt::Debug = match &self.0 {
            Given::Std(socket) => socket,
            Given::Tokio(socket) => socket,
            #[cfg(unix)]
            Given::StdUnix(socket) => socket,
            #[cfg(unix)]
            Given::TokioUnix(socket) => socket,
        };
        f.debug_tuple("DatagramSocket").field(socket).finish()
    }
}
