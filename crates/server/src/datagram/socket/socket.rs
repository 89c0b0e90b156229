//! One socket, whatever its family.

use std::io;
use std::task::{Context, Poll, ready};

use tokio::io::Interest;
use tokio::net::UdpSocket;
#[cfg(unix)]
use tokio::net::UnixDatagram;

use crate::address::SockAddr;
use crate::datagram::socket::batch;
#[cfg(unix)]
use crate::datagram::socket::each;
use crate::datagram::socket::inbox::Inbox;
use crate::datagram::socket::parcel::Parcel;
#[cfg(unix)]
use crate::datagram::socket::unix_file::SocketFile;

/// A socket that sends and receives datagrams.
#[derive(Debug)]
pub(crate) enum Socket {
    Udp {
        socket: UdpSocket,
        v6: bool,
    },
    #[cfg(unix)]
    Unix {
        socket: UnixDatagram,
        _file: Option<SocketFile>,
    },
}

impl Socket {
    pub(super) fn udp(socket: UdpSocket) -> io::Result<Self> {
        let v6 = socket.local_addr()?.is_ipv6();
        Ok(Self::Udp { socket, v6 })
    }

    #[cfg(unix)]
    pub(super) const fn unix(socket: UnixDatagram, file: Option<SocketFile>) -> Self {
        Self::Unix { socket, _file: file }
    }

    pub(crate) fn local_addr(&self) -> io::Result<SockAddr> {
        match self {
            // As bound: the family says which peers it may have.
            Self::Udp { socket, .. } => socket.local_addr().map(SockAddr::Ip),
            #[cfg(unix)]
            Self::Unix { socket, .. } => socket.local_addr().map(SockAddr::from),
        }
    }

    /// Ready when there is something in the inbox, which must be empty before.
    pub(crate) fn poll_receive(&self, context: &mut Context<'_>, inbox: &mut Inbox) -> Poll<io::Result<()>> {
        loop {
            let answer = match self {
                Self::Udp { socket, v6 } => {
                    ready!(socket.poll_recv_ready(context))?;
                    socket.try_io(Interest::READABLE, || more(batch::receive(socket, *v6, inbox), inbox))
                }
                #[cfg(unix)]
                Self::Unix { socket, .. } => {
                    ready!(socket.poll_recv_ready(context))?;
                    socket.try_io(Interest::READABLE, || more(each::receive(socket, inbox), inbox))
                }
            };
            match answer {
                _ if !inbox.is_empty() => return Poll::Ready(Ok(())),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                answer => return Poll::Ready(answer),
            }
        }
    }

    /// Sends from the front as many as the system takes. An error is that of the first.
    pub(crate) fn send(&self, parcels: &[Parcel]) -> io::Result<usize> {
        match self {
            Self::Udp { socket, v6 } => {
                socket.try_io(Interest::WRITABLE, || batch::send(socket, *v6, parcels))
            }
            // Not through tokio's readiness: it is full or not for each peer, and tokio knows only the whole socket.
            #[cfg(unix)]
            Self::Unix { socket, .. } => each::send(socket, parcels),
        }
    }

    /// Waits until the system may take something.
    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            Self::Udp { socket, .. } => socket.writable().await,
            #[cfg(unix)]
            Self::Unix { socket, .. } => socket.writable().await,
        }
    }
}

/// A batch that is not full has emptied the socket. Said at once, that spares the call that would find nothing.
fn more(received: io::Result<()>, inbox: &Inbox) -> io::Result<()> {
    match received {
        Ok(()) if !inbox.is_full() => Err(io::ErrorKind::WouldBlock.into()),
        received => received,
    }
}
