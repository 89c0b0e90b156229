//! Whom a server believes, and how long it waits.

use std::net::IpAddr;
use std::time::Duration;

use crate::proxy::error::ProxyHeaderError;
use crate::proxy::network::{Network, ProxyNetworkError};
use crate::proxy::parse::{DEFAULT_MAX_BYTES, read};
use crate::proxy::parsed::ProxyParsed;

/// From whom a server takes the PROXY protocol, and what it allows them.
///
/// Servers do not use it unless told. Where it is used it is **required**: each connection must begin with a header, and
/// one whose peer is not trusted, or whose header is bad, is closed. To take the header only where one comes would let
/// every client say who it is.
///
/// Plain configuration: it owns no socket and no clock.
///
/// # Examples
///
/// ```
/// use greenroom_server::ProxyProtocol;
///
/// let proxies = ProxyProtocol::from_networks(["10.0.0.0/8", "::1"])?.only_v2();
/// assert!(proxies.trusts(&"10.1.2.3".parse().unwrap()));
/// assert!(!proxies.trusts(&"192.0.2.1".parse().unwrap()));
///
/// let error = ProxyProtocol::from_networks(["10.0.0.1/8"]).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     r#"cannot trust the network "10.0.0.1/8": its address has bits beyond those that count; let them be zero"#,
/// );
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyProtocol {
    networks: Vec<Network>,
    unix: bool,
    deadline: Duration,
    max_bytes: usize,
    only_v2: bool,
}

impl ProxyProtocol {
    /// Trusts the peers in these networks, and nobody else. A network is written `10.0.0.0/8`, `2001:db8::/32`, or as one
    /// address. IPv4 and IPv6 are apart: `::/0` has no IPv4 address in it.
    ///
    /// # Errors
    ///
    /// When a text names no network, or an address with bits beyond those that count: `10.0.0.1/8` may mean one
    /// address or sixteen million.
    pub fn from_networks<T: AsRef<str>>(
        networks: impl IntoIterator<Item = T>,
    ) -> Result<Self, ProxyNetworkError> {
        let networks = networks.into_iter().map(|written| written.as_ref().parse());
        Ok(Self {
            networks: networks.collect::<Result<_, _>>()?,
            unix: false,
            deadline: Duration::from_secs(5),
            max_bytes: DEFAULT_MAX_BYTES,
            only_v2: false,
        })
    }

    /// Trusts whoever connects to a Unix socket: the socket's permissions say who can. Default: nobody there.
    #[must_use]
    pub const fn trust_unix(mut self) -> Self {
        self.unix = true;
        self
    }

    /// How long the header may take from when the connection is accepted. Default: 5 s. The specification advises
    /// 3 s or more, so that a lost packet can come once more.
    #[must_use]
    pub const fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// The most bytes a header may have. Default: 4 KiB. One of version 1 never has more than 107.
    #[must_use]
    pub const fn max_bytes(mut self, bytes: usize) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Takes version 2 only. Default: either.
    #[must_use]
    pub const fn only_v2(mut self) -> Self {
        self.only_v2 = true;
        self
    }

    /// Whether a peer with this address is believed. An IPv4 address that is written as IPv6 counts as what it is.
    #[must_use]
    pub fn trusts(&self, peer: &IpAddr) -> bool {
        self.networks.iter().any(|network| network.contains(peer))
    }

    /// Whether a peer on a Unix socket is believed.
    #[must_use]
    pub const fn trusts_unix(&self) -> bool {
        self.unix
    }

    /// How long the header may take: what [`deadline`](Self::deadline) has set.
    #[must_use]
    pub const fn header_deadline(&self) -> Duration {
        self.deadline
    }

    /// The most bytes a header may have: what [`max_bytes`](Self::max_bytes) has set.
    #[must_use]
    pub const fn header_max_bytes(&self) -> usize {
        self.max_bytes
    }

    /// As [`ProxyHeader::parse`](crate::ProxyHeader::parse), with the limits of this configuration. Whether the sender is
    /// trusted is to be asked before.
    ///
    /// # Errors
    ///
    /// When the bytes are no PROXY header that is allowed here, and no more of them could make them one.
    pub fn parse(&self, bytes: &[u8]) -> Result<ProxyParsed, ProxyHeaderError> {
        read(bytes, self.max_bytes, self.only_v2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_is_listed_is_trusted() {
        let proxies = ProxyProtocol::from_networks(["10.0.0.0/8", "::1", "127.0.0.1"]).unwrap();
        for trusted in ["10.1.2.3", "127.0.0.1", "::1", "::ffff:10.0.0.1", "::ffff:127.0.0.1"] {
            assert!(proxies.trusts(&trusted.parse().unwrap()), "{trusted}");
        }
        for stranger in ["127.0.0.2", "::", "11.0.0.0", "::ffff:11.0.0.0", "::10.0.0.1"] {
            assert!(!proxies.trusts(&stranger.parse().unwrap()), "{stranger}");
        }
        assert!(!proxies.trusts_unix());
        assert!(proxies.trust_unix().trusts_unix());
    }

    #[test]
    fn without_networks_nobody_is_trusted() {
        let proxies = ProxyProtocol::from_networks([""; 0]).unwrap();
        assert!(!proxies.trusts(&"127.0.0.1".parse().unwrap()));
    }

    #[test]
    fn the_defaults_are_those_in_the_docs() {
        let proxies = ProxyProtocol::from_networks(["::1"]).unwrap();
        assert_eq!(proxies.header_deadline(), Duration::from_secs(5));
        assert_eq!(proxies.header_max_bytes(), 4096);
        assert!(matches!(proxies.parse(b"PROXY UNKNOWN\r\n"), Ok(ProxyParsed::Done { consumed: 15, .. })));
    }

    #[test]
    fn limits_hold() {
        let small = ProxyProtocol::from_networks(["::1"]).unwrap().max_bytes(20);
        let long = ProxyHeaderError::TooLong { at: 20, limit: 20 };
        assert_eq!(small.parse(b"PROXY UNKNOWN xxxxxx\r\n"), Err(long));
        let long = ProxyHeaderError::TooLong { at: 14, limit: 20 };
        assert_eq!(small.parse(b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c"), Err(long));

        let modern = small.only_v2();
        assert_eq!(modern.parse(b"P"), Err(ProxyHeaderError::OnlyVersion2));
        assert_eq!(modern.parse(b""), Ok(ProxyParsed::NeedMore { at_least: 16 }));
        assert!(matches!(
            modern.parse(b"\r\n\r\n\0\r\nQUIT\n\x20\0\0\0"),
            Ok(ProxyParsed::Done { consumed: 16, .. })
        ));
    }
}
