//! UDP where the system takes one datagram a call.

use std::io;
use std::net::{SocketAddr, SocketAddrV6};

use tokio::net::UdpSocket;

use crate::datagram::socket::each;
use crate::datagram::socket::inbox::Inbox;
use crate::datagram::socket::parcel::Parcel;

/// Fills the inbox with what is there.
pub(super) fn receive(socket: &UdpSocket, _v6: bool, inbox: &mut Inbox) -> io::Result<()> {
    each::receive_udp(socket, inbox)
}

/// Sends the first. An error is its own.
pub(super) fn send(socket: &UdpSocket, v6: bool, parcels: &[Parcel]) -> io::Result<usize> {
    let Some(parcel) = parcels.first() else { return Ok(0) };
    let address = parcel.peer.as_socket().ok_or(io::ErrorKind::AddrNotAvailable)?;
    socket.try_send_to(&parcel.payload, if v6 { mapped(address) } else { address })?;
    Ok(1)
}

/// As an IPv6 socket names its IPv4 peers.
fn mapped(address: SocketAddr) -> SocketAddr {
    match address {
        SocketAddr::V4(v4) => SocketAddrV6::new(v4.ip().to_ipv6_mapped(), v4.port(), 0, 0).into(),
        v6 => v6,
    }
}
