//! From an address to a stream.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout_at};

use crate::address::{Address, Form, SockAddr};
use crate::connect::order::interleaved;
use crate::connect::race::Race;
use crate::connect::{ClientStream, ConnectError};

const DEADLINE: Duration = Duration::from_secs(10);
/// Whom an address without a host means.
const THIS_MACHINE: &str = "localhost";

/// Connects to an address, written as for [`StreamServer::bind`](crate::StreamServer::bind): `"example.org:7000"`,
/// `"unix:/run/app.sock"`, a [`SocketAddr`], what [`local_addrs`](crate::ServerHandle::local_addrs) tells. See [`Address`].
///
/// Of a name the addresses are tried in turn, IPv6 and IPv4 alternating: the next at once when one refuses, or beside it when it
/// has not answered for 250 ms. The whole, with the lookup, has 10 s; [`Connect`] changes that.
///
/// # Cancel safety
///
/// Dropping the future gives all attempts up. The lookup of a name goes on until the resolver answers, on one of tokio's
/// blocking threads, for which a runtime waits that shuts down.
///
/// # Errors
///
/// When the address is none, when its name is not known, when no address of it accepts, and when time is up.
///
/// # Panics
///
/// Outside of a tokio runtime with io and time enabled.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, StreamServer, connect};
/// use tokio::io::AsyncReadExt;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = StreamServer::bind("127.0.0.1:0")
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
///
/// let mut stream = connect(&server.local_addrs()[0]).await?;
/// let mut answer = String::new();
/// stream.read_to_string(&mut answer).await?;
/// assert_eq!(answer, "hello\n");
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[doc(alias = "create_connection")]
pub async fn connect(address: impl Into<Address>) -> Result<ClientStream, ConnectError> {
    Connect::to(address).connect().await
}

/// How to connect: plain configuration. [`connect`] is the short form.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use std::time::Duration;
/// use greenroom_server::Connect;
///
/// let stream = Connect::to("localhost:7000").deadline(Duration::from_secs(2)).connect().await?;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "create_connection")]
#[derive(Debug)]
#[must_use = "nothing happens until it is told to connect"]
pub struct Connect {
    address: Address,
    deadline: Duration,
    nodelay: bool,
}

impl Connect {
    /// Connects to this address, with the defaults that each setter names.
    pub fn to(address: impl Into<Address>) -> Self {
        Self { address: address.into(), deadline: DEADLINE, nodelay: true }
    }

    /// How long it may take, from the lookup of the name to the connection. Default: 10 s.
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// Whether TCP sends small pieces at once rather than gather them (TCP_NODELAY). Default: yes.
    pub const fn nodelay(mut self, nodelay: bool) -> Self {
        self.nodelay = nodelay;
        self
    }

    /// Connects. See [`connect`](crate::connect()).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future gives all attempts up.
    ///
    /// # Errors
    ///
    /// When the address is none, when its name is not known, when no address of it accepts, and when time is up.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with io and time enabled.
    pub async fn connect(self) -> Result<ClientStream, ConnectError> {
        let form = self.address.into_form().map_err(ConnectError::address_error)?;
        let plan = Plan { address: form.to_string(), limit: self.deadline, until: until(self.deadline) };
        let addresses = match form {
            Form::Exact(exact) => reachable(exact),
            Form::AnyInterface { port } => plan.look_up(THIS_MACHINE, port).await?,
            Form::Name { host, port } => plan.look_up(&host, port).await?,
            #[cfg(unix)]
            Form::Unix(path) => return plan.unix(&path).await,
            _ => return Err(ConnectError::listener(plan.address)),
        };
        let stream = plan.tcp(addresses).await?;
        // It fails if the server has closed already, which the first read tells better.
        let _ = stream.set_nodelay(self.nodelay);
        Ok(stream.into())
    }
}

/// One connect under way: where to, as it was written, and until when.
struct Plan {
    address: String,
    limit: Duration,
    until: Instant,
}

impl Plan {
    async fn in_time<F: Future>(&self, work: F) -> Option<F::Output> {
        timeout_at(self.until, work).await.ok()
    }

    async fn look_up(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
        match self.in_time(lookup_host((host, port))).await {
            Some(Ok(found)) => Ok(interleaved(found.collect())),
            Some(Err(error)) => Err(ConnectError::lookup(self.address.clone(), error)),
            None => Err(ConnectError::deadline(self.address.clone(), self.limit, Vec::new())),
        }
    }

    async fn tcp(self, addresses: Vec<SocketAddr>) -> Result<TcpStream, ConnectError> {
        let mut race = Race::new(TcpStream::connect);
        let end = self.in_time(race.run(addresses)).await;
        let attempts = race.into_attempts().into_iter();
        let attempts = attempts.map(|(address, error)| (SockAddr::Ip(address), error));
        match end {
            Some(Some(stream)) => Ok(stream),
            Some(None) => Err(ConnectError::refused(self.address, attempts.collect())),
            None => Err(ConnectError::deadline(self.address, self.limit, attempts.collect())),
        }
    }

    #[cfg(unix)]
    async fn unix(self, path: &crate::address::UnixPath) -> Result<ClientStream, ConnectError> {
        let attempt = |error| vec![(path.into(), error)];
        match self.in_time(crate::connect::unix::connect(path)).await {
            Some(Ok(stream)) => Ok(stream.into()),
            Some(Err(error)) => Err(ConnectError::refused(self.address, attempt(error))),
            None => {
                let error = io::Error::new(io::ErrorKind::TimedOut, "its backlog is full");
                Err(ConnectError::deadline(self.address, self.limit, attempt(error)))
            }
        }
    }
}

/// What is beyond all times to come is a year from now.
fn until(limit: Duration) -> Instant {
    const FAR: Duration = Duration::from_secs(86_400 * 365);
    let now = Instant::now();
    now.checked_add(limit).unwrap_or(now + FAR)
}

/// A server on every interface is reached at the loopback; not every system takes its address for that. That of IPv6 mostly takes
/// IPv4 too, and can be bound where IPv6 is switched off.
fn reachable(address: SocketAddr) -> Vec<SocketAddr> {
    let port = address.port();
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => vec![(Ipv4Addr::LOCALHOST, port).into()],
        IpAddr::V6(ip) if ip.is_unspecified() => {
            vec![(Ipv6Addr::LOCALHOST, port).into(), (Ipv4Addr::LOCALHOST, port).into()]
        }
        _ => vec![address],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_interface_is_reached_at_the_loopback() {
        let table: [(&str, &[&str]); 3] = [
            ("0.0.0.0:7", &["127.0.0.1:7"]),
            ("[::]:7", &["[::1]:7", "127.0.0.1:7"]),
            ("192.0.2.7:7", &["192.0.2.7:7"]),
        ];
        for (bound, expected) in table {
            let found: Vec<_> = reachable(bound.parse().unwrap()).iter().map(SocketAddr::to_string).collect();
            assert_eq!(found, expected);
        }
    }
}
