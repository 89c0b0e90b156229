//! Connections from many addresses of the loopback network: one address has ports for 28,000 only, and each of them
//! rests a minute after its connection was closed.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpStream};

use socket2::{Domain, Socket, Type};

const ADDRESSES: u32 = 200;
/// On Linux.
const EINPROGRESS: i32 = 115;

pub struct Source {
    server: SocketAddr,
    next: u32,
}

impl Source {
    pub fn new(server: SocketAddr) -> Self {
        // Not where the client before this one began.
        Self { server, next: std::process::id() % ADDRESSES }
    }

    /// A socket that is connected.
    pub fn connect(&mut self) -> io::Result<TcpStream> {
        let socket = self.socket()?;
        socket.connect(&self.server.into())?;
        Ok(socket.into())
    }

    /// A socket that has begun to connect, and never blocks.
    pub fn begin(&mut self) -> io::Result<TcpStream> {
        let socket = self.socket()?;
        socket.set_nonblocking(true)?;
        match socket.connect(&self.server.into()) {
            Err(error) if error.raw_os_error() != Some(EINPROGRESS) => Err(error),
            _ => Ok(socket.into()),
        }
    }

    fn socket(&mut self) -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.set_tcp_nodelay(true)?;
        self.next = (self.next + 1) % ADDRESSES;
        let from = Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 0, 1, 1)) + self.next);
        socket.bind(&SocketAddr::from((from, 0)).into())?;
        Ok(socket)
    }
}
