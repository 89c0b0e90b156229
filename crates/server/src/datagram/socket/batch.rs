//! UDP, many datagrams in one call of the system.

use std::array;
use std::cell::RefCell;
use std::io::{self, IoSlice, IoSliceMut};
use std::net::{SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsRawFd, RawFd};

use nix::sys::socket::{MsgFlags, MultiHeaders, SockaddrIn, SockaddrIn6, SockaddrLike, recvmmsg, sendmmsg};
use tokio::net::UdpSocket;

use crate::datagram::socket::inbox::{BATCH, Inbox};
use crate::datagram::socket::parcel::Parcel;

thread_local! {
    // A thread works for one socket at a time. Apart by family: after a call the kernel has left the address' length in
    // them, and the two differ in it.
    static V4: RefCell<MultiHeaders<SockaddrIn>> = RefCell::new(MultiHeaders::preallocate(BATCH, None));
    static V6: RefCell<MultiHeaders<SockaddrIn6>> = RefCell::new(MultiHeaders::preallocate(BATCH, None));
    // Apart from receiving: these point to addresses elsewhere.
    static V4_OUT: RefCell<MultiHeaders<SockaddrIn>> = RefCell::new(MultiHeaders::preallocate(BATCH, None));
    static V6_OUT: RefCell<MultiHeaders<SockaddrIn6>> = RefCell::new(MultiHeaders::preallocate(BATCH, None));
}

/// Fills the inbox with what is there.
pub(super) fn receive(socket: &UdpSocket, v6: bool, inbox: &mut Inbox) -> io::Result<()> {
    let fd = socket.as_raw_fd();
    if v6 {
        V6.with_borrow_mut(|headers| fill(fd, headers, inbox, |from| SocketAddrV6::from(from).into()))
    } else {
        V4.with_borrow_mut(|headers| fill(fd, headers, inbox, |from| SocketAddrV4::from(from).into()))
    }
}

fn fill<S: SockaddrLike + Copy>(
    fd: RawFd,
    headers: &mut MultiHeaders<S>,
    inbox: &mut Inbox,
    address: impl Fn(S) -> SocketAddr,
) -> io::Result<()> {
    let mut came: [Option<(S, usize, bool)>; BATCH] = [None; BATCH];
    let mut slots = inbox.slots();
    let mut slices: [_; BATCH] = array::from_fn(|_| [IoSliceMut::new(slots.next().unwrap_or_default())]);
    drop(slots);
    let received = recvmmsg(fd, headers, slices.iter_mut(), MsgFlags::MSG_DONTWAIT, None)?;
    for (message, came) in received.zip(&mut came) {
        // Without an address there is nobody to answer to; UDP always has one.
        *came =
            message.address.map(|from| (from, message.bytes, message.flags.contains(MsgFlags::MSG_TRUNC)));
    }
    for (from, length, truncated) in came.into_iter().flatten() {
        inbox.arrived(address(from).into(), length, truncated);
    }
    Ok(())
}

/// Sends as many from the front as the system takes. An error is that of the first.
pub(super) fn send(socket: &UdpSocket, v6: bool, parcels: &[Parcel]) -> io::Result<usize> {
    let fd = socket.as_raw_fd();
    let no_address = || io::Error::from(io::ErrorKind::AddrNotAvailable);
    let Some(first) = parcels.first() else { return Ok(0) };
    first.peer.as_socket().ok_or_else(no_address)?;
    if v6 {
        V6_OUT.with_borrow_mut(|headers| empty(fd, headers, parcels, |to| SockaddrIn6::from(mapped(to))))
    } else {
        V4_OUT.with_borrow_mut(|headers| {
            empty(fd, headers, parcels, |to| match to {
                SocketAddr::V4(to) => SockaddrIn::from(to),
                // The socket never heard from such a peer.
                SocketAddr::V6(to) => {
                    SockaddrIn::from(SocketAddrV4::new(std::net::Ipv4Addr::UNSPECIFIED, to.port()))
                }
            })
        })
    }
}

fn empty<S: SockaddrLike + Copy>(
    fd: RawFd,
    headers: &mut MultiHeaders<S>,
    parcels: &[Parcel],
    address: impl Fn(SocketAddr) -> S,
) -> io::Result<usize> {
    let slices: [_; BATCH] =
        array::from_fn(|n| [IoSlice::new(parcels.get(n).map_or(&[], |parcel| &parcel.payload[..]))]);
    let to: [_; BATCH] = array::from_fn(|n| parcels.get(n).and_then(|it| it.peer.as_socket()).map(&address));
    let n = parcels.len().min(BATCH);
    let sent = sendmmsg(fd, headers, &slices[..n], &to[..n], [], MsgFlags::MSG_DONTWAIT)?;
    Ok(sent.count())
}

/// As an IPv6 socket names its IPv4 peers.
fn mapped(address: SocketAddr) -> SocketAddrV6 {
    match address {
        SocketAddr::V6(address) => address,
        SocketAddr::V4(address) => SocketAddrV6::new(address.ip().to_ipv6_mapped(), address.port(), 0, 0),
    }
}
