//! Where one end of a connection is.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::Path;
use std::sync::Arc;

#[cfg(unix)]
use crate::address::UnixPath;

/// The address of one end of a socket: an IP address and port, a Unix socket's path, or a place in memory.
///
/// Cheap to clone. Displayed it reads as one writes it for [`bind`](crate::StreamServer::bind): `127.0.0.1:7000`,
/// `unix:/run/app.sock`.
///
/// An IPv4 client of an IPv6 socket is named by its IPv4 address.
///
/// # Examples
///
/// ```
/// use greenroom_server::SockAddr;
///
/// let addr = SockAddr::from(std::net::SocketAddr::from(([127, 0, 0, 1], 7000)));
/// assert_eq!(addr.to_string(), "127.0.0.1:7000");
/// assert_eq!(addr.port(), Some(7000));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SockAddr {
    /// An IP address and a port, of TCP or UDP.
    Ip(SocketAddr),
    /// A Unix socket, by its path; clients mostly have none. The name of an abstract one begins with `@`.
    Unix(Option<Arc<Path>>),
    /// A connection that never leaves the process, by its number.
    Memory(u64),
}

impl SockAddr {
    /// The IP address and port, if it has them.
    #[must_use]
    pub const fn as_socket(&self) -> Option<SocketAddr> {
        match self {
            Self::Ip(address) => Some(*address),
            _ => None,
        }
    }

    /// The IP address, if it has one.
    #[must_use]
    pub const fn ip(&self) -> Option<IpAddr> {
        match self {
            Self::Ip(address) => Some(address.ip()),
            _ => None,
        }
    }

    /// The port, if it has one.
    #[must_use]
    pub const fn port(&self) -> Option<u16> {
        match self {
            Self::Ip(address) => Some(address.port()),
            _ => None,
        }
    }

    /// The path of a Unix socket, if it has one in the file system.
    #[must_use]
    pub fn as_path(&self) -> Option<&Path> {
        match self {
            Self::Unix(Some(path)) if !path.as_os_str().as_encoded_bytes().starts_with(b"@") => Some(path),
            _ => None,
        }
    }
}

/// An IPv4 address inside an IPv6 one has two names; one is enough.
impl From<SocketAddr> for SockAddr {
    fn from(address: SocketAddr) -> Self {
        match address.ip().to_canonical() {
            ip if address.is_ipv6() && ip.is_ipv4() => Self::Ip(SocketAddr::new(ip, address.port())),
            _ => Self::Ip(address),
        }
    }
}

#[cfg(unix)]
impl From<tokio::net::unix::SocketAddr> for SockAddr {
    fn from(address: tokio::net::unix::SocketAddr) -> Self {
        let named = address.as_pathname().map(Arc::from);
        Self::Unix(named.or_else(|| address.as_abstract_name().map(abstract_name)))
    }
}

#[cfg(unix)]
impl From<&UnixPath> for SockAddr {
    fn from(path: &UnixPath) -> Self {
        use std::os::unix::ffi::OsStrExt;
        let bytes = path.as_path().as_os_str().as_bytes();
        Self::Unix(Some(bytes.strip_prefix(b"\0").map_or_else(|| path.as_path().into(), abstract_name)))
    }
}

/// As `ss` and systemd write it.
#[cfg(unix)]
fn abstract_name(name: &[u8]) -> Arc<Path> {
    use std::os::unix::ffi::OsStrExt;
    Path::new(std::ffi::OsStr::from_bytes(&[b"@", name].concat())).into()
}

impl fmt::Display for SockAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            // Escaped: a client chooses its own path, and it may end up in a log.
            Self::Unix(Some(path)) => {
                write!(f, "unix:{}", path.as_os_str().as_encoded_bytes().escape_ascii())
            }
            Self::Unix(None) => f.write_str("unix:"),
            Self::Memory(number) => write!(f, "memory:{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_peer_is_named_by_its_ipv4_address() {
        let table = [
            ("[::ffff:192.0.2.7]:5000", "192.0.2.7:5000"),
            ("[2001:db8::1]:5000", "[2001:db8::1]:5000"),
            ("192.0.2.7:5000", "192.0.2.7:5000"),
        ];
        for (peer, expected) in table {
            let peer: SocketAddr = peer.parse().unwrap();
            assert_eq!(SockAddr::from(peer).to_string(), expected);
        }
    }

    #[test]
    fn it_is_no_larger_than_the_standard_one() {
        assert_eq!(size_of::<SockAddr>(), size_of::<SocketAddr>());
    }

    #[test]
    fn control_characters_of_a_path_do_not_reach_the_log() {
        let addr = SockAddr::Unix(Some(Path::new("/tmp/a\r\n\u{1b}[2J").into()));
        assert_eq!(addr.to_string(), r"unix:/tmp/a\r\n\x1b[2J");
    }

    #[test]
    fn an_abstract_name_is_no_path() {
        assert_eq!(SockAddr::Unix(Some(Path::new("@name").into())).as_path(), None);
        assert_eq!(SockAddr::Unix(Some(Path::new("/a").into())).as_path(), Some(Path::new("/a")));
    }
}
