//! What is set on sockets, as plain values.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use socket2::{SockRef, Socket, TcpKeepalive};

use crate::stream::listener::system;

/// Where accepted sockets have what was set on their listener.
const ARE_INHERITED: bool = cfg!(any(target_os = "linux", target_os = "android"));

/// What a server sets on its sockets: those it binds, and the connections it accepts from them.
///
/// Plain values, for [`StreamServer::socket_options`](crate::StreamServer::socket_options). The defaults fit most servers. Where accepted
/// sockets inherit from their listener (Linux) it costs nothing per connection.
///
/// A socket that was handed over keeps its backlog, its address options and its mode; what concerns connections is set on it
/// too. A [`Listener`](crate::Listener) of your own is left alone.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::{SocketOptions, StreamServer};
///
/// let options = SocketOptions::new()
///     .backlog(1024)
///     .keepalive(Duration::from_secs(20), Duration::from_secs(5), 3)
///     .unix_mode(0o660);
/// let server = StreamServer::bind(":7000").socket_options(options);
/// # drop(server);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketOptions {
    pub(super) backlog: u32,
    reuse_address: bool,
    reuse_port: bool,
    pub(super) only_v6: Option<bool>,
    nodelay: bool,
    keepalive: Option<(Duration, Duration, u32)>,
    user_timeout: Option<Duration>,
    receive_buffer: Option<usize>,
    send_buffer: Option<usize>,
    pub(super) unix_mode: u32,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl SocketOptions {
    /// The defaults, which each setter names.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            backlog: 4096,
            reuse_address: cfg!(unix),
            reuse_port: false,
            only_v6: None,
            nodelay: true,
            // A peer that vanished is noticed after about two minutes.
            keepalive: Some((Duration::from_secs(60), Duration::from_secs(10), 6)),
            user_timeout: None,
            receive_buffer: None,
            send_buffer: None,
            unix_mode: 0o600,
        }
    }

    /// How many connections may wait in the kernel until they are accepted. Default: 4096. The kernel cuts it to its own limit
    /// (`net.core.somaxconn`, usually 4096 as well); the log tells what is left when the server starts.
    #[must_use]
    pub const fn backlog(mut self, connections: u32) -> Self {
        self.backlog = connections;
        self
    }

    /// Whether a port may be bound while connections of a server that was there before still linger (SO_REUSEADDR). Default: yes on
    /// Unix; no elsewhere, where it means that another process may take the port away.
    #[must_use]
    #[doc(alias = "reuse_addr")]
    pub const fn reuse_address(mut self, reuse: bool) -> Self {
        self.reuse_address = reuse;
        self
    }

    /// Whether several sockets, of several processes, may listen on one port, and share what comes (SO_REUSEPORT). Default: no.
    ///
    /// **Clients are lost when one of them closes**: the kernel gives each connection to one socket at once, and those that wait in
    /// its queue then are reset. It also hides that a server is running twice.
    #[must_use]
    pub const fn reuse_port(mut self, reuse: bool) -> Self {
        self.reuse_port = reuse;
        self
    }

    /// Whether sockets of IPv6 refuse IPv4. Default: `[::]` and `":port"` take both families, every other address is alone. It is said to
    /// the system either way, whose own defaults differ.
    #[must_use]
    pub const fn only_v6(mut self, only: bool) -> Self {
        self.only_v6 = Some(only);
        self
    }

    /// Whether TCP sends small pieces at once rather than gather them (TCP_NODELAY). Default: yes.
    #[must_use]
    pub const fn nodelay(mut self, nodelay: bool) -> Self {
        self.nodelay = nodelay;
        self
    }

    /// When TCP asks a silent peer whether it is still there: after `idle`, then every `interval`, and after `count` questions
    /// without an answer the connection is dead. Default: 60 s, 10 s, 6.
    #[must_use]
    pub const fn keepalive(mut self, idle: Duration, interval: Duration, count: u32) -> Self {
        self.keepalive = Some((idle, interval, count));
        self
    }

    /// Never ask a silent peer. Default: ask, as [`keepalive`](Self::keepalive) says.
    #[must_use]
    pub const fn no_keepalive(mut self) -> Self {
        self.keepalive = None;
        self
    }

    /// How long what was sent may stay unacknowledged before TCP gives the connection up (TCP_USER_TIMEOUT). Default: the
    /// system's own patience, many minutes. Only Linux has it; elsewhere the server does not start with it.
    #[must_use]
    pub const fn user_timeout(mut self, limit: Duration) -> Self {
        self.user_timeout = Some(limit);
        self
    }

    /// How many bytes the kernel may hold of what a client sent (SO_RCVBUF). Default: the system's, which on Linux grows as needed; a
    /// fixed one does not. Linux doubles the figure for its own bookkeeping.
    #[must_use]
    pub const fn receive_buffer(mut self, bytes: usize) -> Self {
        self.receive_buffer = Some(bytes);
        self
    }

    /// How many bytes the kernel may hold of what is sent to a client (SO_SNDBUF). Default: as for
    /// [`receive_buffer`](Self::receive_buffer).
    #[must_use]
    pub const fn send_buffer(mut self, bytes: usize) -> Self {
        self.send_buffer = Some(bytes);
        self
    }

    /// Who may connect to a Unix socket: the mode of its file, which it has before anybody can connect. Default: 0600, its owner alone. The
    /// process's umask does not narrow it. On Linux one needs the right to write.
    #[must_use]
    pub const fn unix_mode(mut self, mode: u32) -> Self {
        self.unix_mode = mode & 0o7777;
        self
    }

    /// Before a socket of TCP has an address.
    pub(super) fn prepare(&self, socket: &Socket, address: SocketAddr) -> io::Result<()> {
        if let SocketAddr::V6(v6) = address {
            socket.set_only_v6(self.only_v6.unwrap_or(!v6.ip().is_unspecified()))?;
        }
        socket.set_reuse_address(self.reuse_address)?;
        if self.reuse_port {
            system::set_reuse_port(socket)?;
        }
        // Here, and not only on accepted sockets: the handshake already agrees on how far a window may grow.
        self.buffers(&SockRef::from(socket))?;
        self.on_listener(&SockRef::from(socket))
    }

    /// What accepted sockets of TCP inherit, if they do.
    pub(super) fn on_listener(&self, listener: &SockRef<'_>) -> io::Result<()> {
        if ARE_INHERITED { self.on_tcp(listener) } else { Ok(()) }
    }

    /// What accepted sockets of TCP have not inherited. A peer that has gone meanwhile makes these fail, which is no failure of accept:
    /// whoever serves it will read as much.
    pub(super) fn on_accepted(&self, stream: &SockRef<'_>) {
        if !ARE_INHERITED {
            let _ = self.on_tcp(stream);
        }
    }

    fn on_tcp(&self, socket: &SockRef<'_>) -> io::Result<()> {
        socket.set_tcp_nodelay(self.nodelay)?;
        match self.keepalive {
            Some((idle, interval, count)) => {
                let keepalive =
                    TcpKeepalive::new().with_time(idle).with_interval(interval).with_retries(count);
                socket.set_tcp_keepalive(&keepalive)?;
            }
            None => socket.set_keepalive(false)?,
        }
        if let Some(limit) = self.user_timeout {
            system::set_user_timeout(socket, limit)?;
        }
        self.buffers(socket)
    }

    pub(super) fn buffers(&self, socket: &SockRef<'_>) -> io::Result<()> {
        self.receive_buffer.map_or(Ok(()), |bytes| socket.set_recv_buffer_size(bytes))?;
        self.send_buffer.map_or(Ok(()), |bytes| socket.set_send_buffer_size(bytes))
    }
}
