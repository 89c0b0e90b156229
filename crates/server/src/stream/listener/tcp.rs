//! Listening on TCP.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use tokio::net::{TcpListener, TcpStream};

use crate::address::{Form, SockAddr};
use crate::stream::listener::Listener;
use crate::stream::listener::bind_error::BindError;

/// How many connections may wait in the kernel. It cuts this to its own limit, usually the same 4096.
const BACKLOG: i32 = 4096;
/// A peer that vanished is noticed after about two minutes.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(60);
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);
const KEEPALIVE_COUNT: u32 = 6;
/// Where accepted sockets have what was set on their listener.
const OPTIONS_ARE_INHERITED: bool = cfg!(any(target_os = "linux", target_os = "android"));
/// The free port that one family of a name got may be taken in the other; then all are tried anew.
const FREE_PORT_ATTEMPTS: u32 = 8;

/// A TCP socket that accepts.
#[derive(Debug)]
pub(crate) struct TcpDoor(TcpListener);

impl Listener for TcpDoor {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, SockAddr)> {
        let (stream, peer) = self.0.accept().await?;
        if !OPTIONS_ARE_INHERITED {
            // A peer that has gone meanwhile makes these fail; its handler will read as much.
            let _ = set_options(&SockRef::from(&stream));
        }
        Ok((stream, peer.into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        self.0.local_addr().map(SockAddr::Ip)
    }
}

impl TcpDoor {
    fn new(listener: TcpListener) -> io::Result<Self> {
        if OPTIONS_ARE_INHERITED {
            set_options(&SockRef::from(&listener))?;
        }
        Ok(Self(listener))
    }
}

/// Binds all that the address names, or nothing.
pub(crate) async fn open(address: Form) -> Result<Vec<TcpDoor>, BindError> {
    let one = |written: String, result: io::Result<TcpDoor>| match result {
        Ok(door) => Ok(vec![door]),
        Err(error) => Err(BindError::new(written, error)),
    };
    match address {
        Form::Exact(exact) => one(exact.to_string(), listen(exact)),
        Form::AnyInterface { port } => one(format!(":{port}"), listen_anywhere(port)),
        Form::Name { host, port } => {
            let written = format!("{host}:{port}");
            match tokio::net::lookup_host((host, port)).await {
                Ok(found) => listen_on_all(&written, &distinct(found)),
                Err(error) => Err(BindError::unknown_name(written, error)),
            }
        }
        Form::Std(listener) => {
            let ready = listener.set_nonblocking(true).and_then(|()| TcpListener::from_std(listener));
            one("the given socket".to_owned(), ready.and_then(TcpDoor::new))
        }
        Form::Tokio(listener) => one("the given socket".to_owned(), TcpDoor::new(listener)),
    }
}

/// IPv6 and IPv4 in one socket, or IPv4 alone where the machine has no IPv6.
fn listen_anywhere(port: u16) -> io::Result<TcpDoor> {
    match listen((Ipv6Addr::UNSPECIFIED, port).into()) {
        Err(error) if no_such_family(&error) => listen((Ipv4Addr::UNSPECIFIED, port).into()),
        result => result,
    }
}

fn listen_on_all(written: &str, addresses: &[SocketAddr]) -> Result<Vec<TcpDoor>, BindError> {
    let mut attempts = FREE_PORT_ATTEMPTS;
    loop {
        match listen_with_one_port(addresses) {
            Ok(doors) if !doors.is_empty() => return Ok(doors),
            Ok(_) => {
                let error = io::Error::new(io::ErrorKind::NotFound, "the name has no addresses");
                return Err(BindError::unknown_name(written.to_owned(), error));
            }
            Err((address, error)) => {
                attempts -= 1;
                let free_port_wanted = addresses.iter().all(|address| address.port() == 0);
                if error.kind() == io::ErrorKind::AddrInUse && free_port_wanted && attempts > 0 {
                    continue;
                }
                return Err(BindError::new(format!("{written} ({address})"), error));
            }
        }
    }
}

/// All addresses with the same port; if the system is to choose it, with the one it chose for the first.
fn listen_with_one_port(addresses: &[SocketAddr]) -> Result<Vec<TcpDoor>, (SocketAddr, io::Error)> {
    let mut chosen = None;
    let mut doors = Vec::with_capacity(addresses.len());
    for &(mut address) in addresses {
        if let (0, Some(port)) = (address.port(), chosen) {
            address.set_port(port);
        }
        let door = listen(address).map_err(|error| (address, error))?;
        chosen = door.local_addr().ok().and_then(|bound| bound.port());
        doors.push(door);
    }
    Ok(doors)
}

fn listen(address: SocketAddr) -> io::Result<TcpDoor> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    if let SocketAddr::V6(v6) = address {
        // Said either way: what happens by default differs from system to system.
        socket.set_only_v6(!v6.ip().is_unspecified())?;
    }
    // Elsewhere it means that another process may steal the port.
    if cfg!(unix) {
        socket.set_reuse_address(true)?;
    }
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(BACKLOG)?;
    TcpDoor::new(TcpListener::from_std(socket.into())?)
}

fn set_options(socket: &SockRef<'_>) -> io::Result<()> {
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE_IDLE)
        .with_interval(KEEPALIVE_INTERVAL)
        .with_retries(KEEPALIVE_COUNT);
    socket.set_tcp_nodelay(true)?;
    socket.set_tcp_keepalive(&keepalive)
}

fn distinct(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    let mut addresses = Vec::new();
    for address in found {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    addresses
}

/// The kernel has no IPv6, or has it switched off.
#[cfg(unix)]
fn no_such_family(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EAFNOSUPPORT) || error.kind() == io::ErrorKind::AddrNotAvailable
}

#[cfg(not(unix))]
fn no_such_family(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AddrNotAvailable
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn accepted_connections_have_the_options_and_a_canonical_peer() {
        let mut door = open(Form::AnyInterface { port: 0 }).await.unwrap().pop().unwrap();
        let port = door.local_addr().unwrap().port().unwrap();
        let client = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.unwrap();
        let (stream, peer) = door.accept().await.unwrap();
        assert_eq!(peer.as_socket(), client.local_addr().ok(), "no ::ffff: before it");
        let socket = SockRef::from(&stream);
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        #[cfg(target_os = "linux")]
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE_IDLE);
    }

    #[tokio::test]
    async fn all_addresses_are_bound_with_one_port_or_none_is() {
        let both = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([127, 0, 0, 2], 0))];
        let doors = listen_on_all("pair:0", &both).unwrap();
        let ports: Vec<_> = doors.iter().map(|door| door.local_addr().unwrap().port().unwrap()).collect();
        assert_eq!(ports[0], ports[1]);

        // The second is taken: the first must be free again afterwards.
        let port = ports[0];
        let taken = doors.into_iter().nth(1).unwrap();
        let same = both.map(|address| SocketAddr::new(address.ip(), port));
        let error = listen_on_all("pair", &same).unwrap_err();
        assert!(error.to_string().contains(&format!("127.0.0.2:{port}")), "{error}");
        listen(same[0]).unwrap();
        drop(taken);
    }
}
