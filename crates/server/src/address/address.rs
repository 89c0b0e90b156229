//! What to listen on or connect to, from whatever it was written as.

use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use crate::address::{AddressError, Form, SockAddr, parse};

/// What to listen on, or what to [`connect`](crate::connect()) to.
///
/// | written | to listen on it means | to connect to it means |
/// |---|---|---|
/// | `"127.0.0.1:7000"`, `"[::1]:7000"`, a [`SocketAddr`] | exactly this address (`[::]` takes IPv4 too) | this address |
/// | `"example.org:7000"`, `("localhost", 7000)` | every address of the name, or none | the first address that answers |
/// | `":7000"`, `"*:7000"`, `"7000"`, `7000_u16` | every interface, IPv6 and IPv4 where the machine has both | this machine |
/// | `"unix:/run/app.sock"`, a [`Path`](std::path::Path) | a Unix socket at this path | the socket at this path |
/// | `"unix:@name"` (Linux) | an abstract Unix socket: no file, and **no permissions: everybody on the machine may connect** | the socket of this name |
/// | a listening `TcpListener` or `UnixListener`, of std or tokio | this socket | - |
/// | an `OwnedFd` (Unix) | this socket, handed over by whoever made it: a service manager, an earlier process | - |
/// | a [`SockAddr`], a reference to one | the same as what it displays | the same |
///
/// Port 0 asks the system for a free port; [`ServerHandle::local_addrs`](crate::ServerHandle::local_addrs) tells which.
///
/// A relative path of a Unix socket begins at the working directory, whether or not it has a `./` before it. A path has at most 107 bytes
/// (103 on macOS and the BSDs): the system stores no longer one.
///
/// A socket that was handed over is checked when the server starts: it must be a stream socket of TCP or Unix, and listen. It
/// is made non-blocking. It keeps its backlog, and the file of a Unix socket stays when the server ends.
///
/// The conversions cannot fail: a mistake in a text is kept and comes back from
/// [`StreamServer::start`](crate::StreamServer::start). To have it earlier, parse: `text.parse::<Address>()?`.
///
/// # Examples
///
/// ```
/// use greenroom_server::Address;
///
/// assert!("127.0.0.1:7000".parse::<Address>().is_ok());
/// let error = "127.0.0.1".parse::<Address>().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"no address: "127.0.0.1": the port is missing; write "host:port", for example "127.0.0.1:7000""#,
/// );
/// ```
#[doc(alias = "listener")]
#[derive(Debug)]
pub struct Address(Result<Form, AddressError>);

impl Address {
    /// The host in it, or who answers where none is named.
    #[allow(dead_code, reason = "only TLS looks for names")]
    pub(crate) fn host(&self) -> String {
        match &self.0 {
            Ok(Form::Name { host, .. }) => host.clone(),
            Ok(Form::Exact(exact)) => exact.ip().to_string(),
            _ => "localhost".to_owned(),
        }
    }

    pub(crate) fn into_form(self) -> Result<Form, AddressError> {
        self.0
    }

    pub(super) const fn of(form: Form) -> Self {
        Self(Ok(form))
    }

    pub(super) const fn new(form: Result<Form, AddressError>) -> Self {
        Self(form)
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(written: &str) -> Result<Self, AddressError> {
        parse::text(written).map(Self::of)
    }
}

impl From<&str> for Address {
    fn from(written: &str) -> Self {
        Self(parse::text(written))
    }
}

impl From<String> for Address {
    fn from(written: String) -> Self {
        Self(parse::text(&written))
    }
}

impl From<&String> for Address {
    fn from(written: &String) -> Self {
        Self(parse::text(written))
    }
}

impl From<u16> for Address {
    fn from(port: u16) -> Self {
        Self::of(Form::AnyInterface { port })
    }
}

impl From<(&str, u16)> for Address {
    fn from((host, port): (&str, u16)) -> Self {
        Self(parse::pair(host, port))
    }
}

impl From<(String, u16)> for Address {
    fn from((host, port): (String, u16)) -> Self {
        Self(parse::pair(&host, port))
    }
}

impl From<(IpAddr, u16)> for Address {
    fn from(pair: (IpAddr, u16)) -> Self {
        Self::of(Form::Exact(pair.into()))
    }
}

impl From<SocketAddr> for Address {
    fn from(address: SocketAddr) -> Self {
        Self::of(Form::Exact(address))
    }
}

impl From<SockAddr> for Address {
    fn from(address: SockAddr) -> Self {
        Self::from(&address)
    }
}

impl From<&SockAddr> for Address {
    fn from(address: &SockAddr) -> Self {
        Self(parse::sock_addr(address))
    }
}
