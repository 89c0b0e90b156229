//! From an address to bound sockets: all that it names, or none.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

use socket2::{Domain, Protocol, SockRef, Socket as RawSocket, Type};
use tokio::net::UdpSocket;

use crate::address::Form;
use crate::datagram::socket::given::{DatagramSocket, Given};
use crate::datagram::socket::socket::Socket;
#[cfg(unix)]
use crate::datagram::socket::unix_file;

/// The free port that one family of a name got may be taken in the other; then all are tried anew.
const FREE_PORT_ATTEMPTS: u32 = 8;
/// Who made a Unix socket, and nobody else.
const UNIX_MODE: u32 = 0o600;

/// How sockets are made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Options {
    pub(crate) receive_buffer: Option<usize>,
    pub(crate) send_buffer: Option<usize>,
    pub(crate) reuse_port: bool,
    pub(crate) only_v6: Option<bool>,
    pub(crate) unix_mode: u32,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            receive_buffer: None,
            send_buffer: None,
            reuse_port: false,
            only_v6: None,
            unix_mode: UNIX_MODE,
        }
    }
}

/// Why a socket could not be bound.
#[derive(Debug)]
pub(crate) struct Refusal {
    /// As far as it is known.
    pub(crate) address: String,
    pub(crate) error: io::Error,
}

impl Refusal {
    fn new(address: impl ToString, error: io::Error) -> Self {
        Self { address: address.to_string(), error }
    }
}

/// Binds all that the address names, or nothing.
pub(crate) async fn open(address: Form, options: &Options) -> Result<Vec<Socket>, Refusal> {
    let one = |written: &dyn ToString, bound: io::Result<Socket>| match bound {
        Ok(socket) => Ok(vec![socket]),
        Err(error) => Err(Refusal::new(written.to_string(), error)),
    };
    match address {
        Form::Exact(exact) => one(&exact, bind(exact, options)),
        Form::AnyInterface { port } => one(&format!(":{port}"), bind_anywhere(port, options)),
        Form::Name { host, port } => {
            let written = format!("{host}:{port}");
            match tokio::net::lookup_host((host, port)).await {
                Ok(found) => bind_all(&written, &distinct(found), options),
                Err(error) => Err(Refusal::new(written, error)),
            }
        }
        #[cfg(unix)]
        Form::Unix(path) => one(&path, unix_file::bind(&path, options)),
        given => {
            let error = io::Error::new(
                io::ErrorKind::InvalidInput,
                "it is no datagram socket; use DatagramServer::on",
            );
            Err(Refusal::new(given, error))
        }
    }
}

/// Takes a socket as it is.
pub(crate) fn take(given: DatagramSocket, options: &Options) -> Result<Socket, Refusal> {
    let socket = match given.into_given() {
        Given::Std(socket) => udp(socket, options),
        Given::Tokio(socket) => set(&SockRef::from(&socket), options).and_then(|()| Socket::udp(socket)),
        #[cfg(unix)]
        Given::StdUnix(socket) => unix_file::take(socket, options),
        #[cfg(unix)]
        Given::TokioUnix(socket) => {
            set(&SockRef::from(&socket), options).map(|()| Socket::unix(socket, None))
        }
    };
    socket.map_err(|error| Refusal::new("the given socket", error))
}

/// IPv6 and IPv4 in one socket, or IPv4 alone where the machine has no IPv6.
fn bind_anywhere(port: u16, options: &Options) -> io::Result<Socket> {
    match bind((Ipv6Addr::UNSPECIFIED, port).into(), options) {
        Err(error) if no_such_family(&error) => bind((Ipv4Addr::UNSPECIFIED, port).into(), options),
        result => result,
    }
}

fn bind_all(written: &str, addresses: &[SocketAddr], options: &Options) -> Result<Vec<Socket>, Refusal> {
    let mut attempts = FREE_PORT_ATTEMPTS;
    loop {
        match bind_with_one_port(addresses, options) {
            Ok(sockets) if !sockets.is_empty() => return Ok(sockets),
            Ok(_) => {
                let error = io::Error::new(io::ErrorKind::NotFound, "the name has no addresses");
                return Err(Refusal::new(written, error));
            }
            Err((address, error)) => {
                attempts -= 1;
                let free_port_wanted = addresses.iter().all(|address| address.port() == 0);
                if error.kind() == io::ErrorKind::AddrInUse && free_port_wanted && attempts > 0 {
                    continue;
                }
                return Err(Refusal::new(format!("{written} ({address})"), error));
            }
        }
    }
}

/// All addresses with the same port; if the system is to choose it, with the one it chose for the first.
fn bind_with_one_port(
    addresses: &[SocketAddr],
    options: &Options,
) -> Result<Vec<Socket>, (SocketAddr, io::Error)> {
    let mut chosen = None;
    let mut sockets = Vec::with_capacity(addresses.len());
    for &(mut address) in addresses {
        if let (0, Some(port)) = (address.port(), chosen) {
            address.set_port(port);
        }
        let socket = bind(address, options).map_err(|error| (address, error))?;
        chosen = socket.local_addr().ok().and_then(|bound| bound.port());
        sockets.push(socket);
    }
    Ok(sockets)
}

fn bind(address: SocketAddr, options: &Options) -> io::Result<Socket> {
    let socket = RawSocket::new(Domain::for_address(address), Type::DGRAM, Some(Protocol::UDP))?;
    if let SocketAddr::V6(v6) = address {
        // Said either way: what happens by default differs from system to system.
        socket.set_only_v6(options.only_v6.unwrap_or(!v6.ip().is_unspecified()))?;
    }
    // Not SO_REUSEADDR: for UDP it lets another process take the datagrams.
    #[cfg(unix)]
    if options.reuse_port {
        socket.set_reuse_port(true)?;
    }
    socket.bind(&address.into())?;
    udp(socket.into(), options)
}

fn udp(socket: std::net::UdpSocket, options: &Options) -> io::Result<Socket> {
    set(&SockRef::from(&socket), options)?;
    socket.set_nonblocking(true)?;
    Socket::udp(UdpSocket::from_std(socket)?)
}

/// What can be set on any socket.
pub(super) fn set(socket: &SockRef<'_>, options: &Options) -> io::Result<()> {
    if let Some(bytes) = options.receive_buffer {
        socket.set_recv_buffer_size(bytes)?;
    }
    if let Some(bytes) = options.send_buffer {
        socket.set_send_buffer_size(bytes)?;
    }
    Ok(())
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
    async fn all_addresses_are_bound_with_one_port_or_none_is() {
        let options = Options::default();
        let both = [SocketAddr::from(([127, 0, 0, 1], 0)), SocketAddr::from(([127, 0, 0, 2], 0))];
        let sockets = bind_all("pair:0", &both, &options).unwrap();
        let ports: Vec<_> =
            sockets.iter().map(|socket| socket.local_addr().unwrap().port().unwrap()).collect();
        assert_eq!(ports[0], ports[1]);

        // The second is taken: the first must be free again afterwards.
        let port = ports[0];
        let taken = sockets.into_iter().nth(1).unwrap();
        let same = both.map(|address| SocketAddr::new(address.ip(), port));
        let refusal = bind_all("pair", &same, &options).unwrap_err();
        assert!(refusal.address.contains(&format!("127.0.0.2:{port}")), "{refusal:?}");
        bind(same[0], &options).unwrap();
        drop(taken);
    }

    #[tokio::test]
    async fn buffers_are_as_large_as_asked() {
        let options =
            Options { receive_buffer: Some(50_000), send_buffer: Some(40_000), ..Options::default() };
        let Socket::Udp { socket, v6: false } = bind(([127, 0, 0, 1], 0).into(), &options).unwrap() else {
            panic!("it is UDP over IPv4")
        };
        let socket = SockRef::from(&socket);
        assert!(socket.recv_buffer_size().unwrap() >= 50_000);
        assert!(socket.send_buffer_size().unwrap() >= 40_000);
    }
}
