//! Datagrams one by one: Unix datagrams, and UDP where there is no call for many.

use std::ffi::OsStr;
use std::io::{self, IoSliceMut};
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use rustix::net::{
    RecvAncillaryBuffer, RecvFlags, ReturnFlags, SendFlags, SocketAddrAny, SocketAddrUnix, recvmsg, sendto,
};

use crate::address::SockAddr;
use crate::datagram::socket::inbox::{BATCH, Inbox};
use crate::datagram::socket::parcel::Parcel;

/// Fills the inbox with what is there.
pub(super) fn receive(socket: impl AsFd, inbox: &mut Inbox) -> io::Result<()> {
    for n in 0..BATCH {
        let Some(slot) = inbox.slots().nth(n) else { break };
        let mut nothing = RecvAncillaryBuffer::default();
        match recvmsg(&socket, &mut [IoSliceMut::new(slot)], &mut nothing, RecvFlags::DONTWAIT) {
            Ok(message) => {
                let truncated = message.flags.contains(ReturnFlags::TRUNC);
                inbox.arrived(name(message.address), message.bytes, truncated);
            }
            // It comes again when nothing else does.
            Err(_) if n > 0 => break,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(not(any(
    target_os = "linux",
    target_os = "android",
    target_os = "freebsd",
    target_os = "netbsd"
)))]
pub(super) use receive as receive_udp;

fn name(address: Option<SocketAddrAny>) -> SockAddr {
    let Some(address) = address else { return SockAddr::Unix(None) };
    if let Ok(address) = SocketAddr::try_from(address.clone()) {
        return address.into();
    }
    let Ok(address) = SocketAddrUnix::try_from(address) else { return SockAddr::Unix(None) };
    let path = |bytes: &[u8]| Some(Path::new(OsStr::from_bytes(bytes)).into());
    SockAddr::Unix(match address.path_bytes() {
        Some(bytes) => path(bytes),
        None => abstract_name(&address).and_then(|name| path(&[b"@", name].concat())),
    })
}

/// Sends the first. An error is its own.
pub(super) fn send(socket: impl AsFd, parcels: &[Parcel]) -> io::Result<usize> {
    let Some(Parcel { peer, payload }) = parcels.first() else { return Ok(0) };
    let SockAddr::Unix(Some(path)) = peer else { return Err(io::ErrorKind::AddrNotAvailable.into()) };
    let address = match path.as_os_str().as_bytes().strip_prefix(b"@") {
        Some(name) => abstract_address(name)?,
        None => SocketAddrUnix::new(&**path)?,
    };
    match sendto(socket, payload, SendFlags::DONTWAIT | SendFlags::NOSIGNAL, &address) {
        Ok(_) => Ok(1),
        // It is the peer's queue that is full, or our buffer is with what peers have not read. Whoever waited for that
        // would wait with the replies to all others.
        Err(rustix::io::Errno::AGAIN) => Err(rustix::io::Errno::NOBUFS.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_name(address: &SocketAddrUnix) -> Option<&[u8]> {
    // Without a name at all, that is empty.
    address.abstract_name().filter(|name| !name.is_empty())
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_name(_address: &SocketAddrUnix) -> Option<&[u8]> {
    None
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn abstract_address(name: &[u8]) -> io::Result<SocketAddrUnix> {
    Ok(SocketAddrUnix::new_abstract_name(name)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn abstract_address(_name: &[u8]) -> io::Result<SocketAddrUnix> {
    Err(io::ErrorKind::AddrNotAvailable.into())
}
