//! Sockets that were handed over: by a service manager, an earlier process, or whoever else has made them.

use std::io;

use socket2::{Socket, Type};

use crate::stream::listener::{Bound, SocketOptions, TcpDoor, system};

/// Accepts from a socket, after a look at what it is.
pub(super) fn accept_from(socket: Socket, options: &SocketOptions) -> io::Result<Bound> {
    let kind = socket.r#type()?;
    if kind != Type::STREAM {
        return Err(wrong(if kind == Type::DGRAM {
            "it is a datagram socket"
        } else {
            "it is no stream socket"
        }));
    }
    let address = socket.local_addr()?;
    if !system::listens(&socket)? {
        return Err(wrong("it does not listen"));
    }
    if address.is_ipv4() || address.is_ipv6() {
        return TcpDoor::given(socket, options).map(Bound::Tcp);
    }
    #[cfg(unix)]
    if address.is_unix() {
        return crate::stream::listener::UnixDoor::given(socket, options).map(Bound::Unix);
    }
    Err(wrong("it is neither of TCP nor of Unix"))
}

fn wrong(what: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, what)
}
