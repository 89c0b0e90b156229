//! The forms of an address that differ in how they are bound.

use std::fmt;
use std::net::SocketAddr;

#[cfg(unix)]
use crate::address::UnixPath;

/// What an address comes to once it is understood. A socket that was handed over has not been looked at yet.
#[derive(Debug)]
pub(crate) enum Form {
    Name {
        host: String,
        port: u16,
    },
    AnyInterface {
        port: u16,
    },
    Exact(SocketAddr),
    #[cfg(unix)]
    Unix(UnixPath),
    Given(socket2::Socket),
    GivenTcp(tokio::net::TcpListener),
    #[cfg(unix)]
    GivenUnix(tokio::net::UnixListener),
}

/// As people write it.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name { host, port } => write!(f, "{host}:{port}"),
            Self::AnyInterface { port } => write!(f, ":{port}"),
            Self::Exact(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => path.fmt(f),
            #[cfg(unix)]
            Self::GivenUnix(_) => f.write_str("the given socket"),
            Self::Given(_) | Self::GivenTcp(_) => f.write_str("the given socket"),
        }
    }
}
