//! What a header says, however it was written.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use crate::proxy::bytes::Bytes;
use crate::proxy::encode_error::ProxyEncodeError;
use crate::proxy::field::{self, Fields};
use crate::proxy::ssl::ProxySsl;

/// The most bytes of a Unix socket's name.
pub(super) const UNIX_NAME: usize = 108;
/// So much at most may follow the first 16 bytes: the addresses, the fields and a checksum.
const FIELDS_MAX: usize = u16::MAX as usize - 2 * UNIX_NAME - field::FIELD_HEAD - size_of::<u32>();

/// The header of the PROXY protocol: the first bytes on a connection, in which a proxy tells whose connection it is.
///
/// [`parse`](Self::parse) reads one, of version 1 or 2; [`to_bytes`](Self::to_bytes) writes one, for a client or a proxy
/// of your own. What is written is read back as an equal header.
///
/// Where a header names no address, because it is [local](Self::is_local) or the proxy does not know, the connection's
/// own addresses hold. An IPv4 address that came as IPv6 (`::ffff:192.0.2.1`) is named by its IPv4 address.
///
/// It says what its sender says. Read one only from senders you trust: see [`ProxyProtocol`](crate::ProxyProtocol).
///
/// # Examples
///
/// ```
/// use greenroom_server::{ProxyHeader, ProxyParsed};
///
/// let came = b"PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\nGET / HTTP/1.1\r\n";
/// let ProxyParsed::Done { header, consumed } = ProxyHeader::parse(came)? else { panic!("it is whole") };
/// assert_eq!(header.source(), Some("192.0.2.7:56324".parse().unwrap()));
/// assert_eq!(&came[consumed..], b"GET / HTTP/1.1\r\n");
///
/// // To pass it on, with what version 1 cannot say:
/// let bytes = header.with_field(0x02, b"example.org")?.to_bytes();
/// assert!(bytes.starts_with(b"\r\n\r\n\0\r\nQUIT\n"));
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyHeader {
    pub(super) version: u8,
    pub(super) local: bool,
    pub(super) datagram: bool,
    pub(super) ends: Ends,
    /// Checked fields, one after the other, without padding and checksum.
    pub(super) fields: Vec<u8>,
    pub(super) checksum: bool,
}

/// Between whom the proxied connection is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Ends {
    Unknown,
    Inet { source: SocketAddr, destination: SocketAddr },
    Unix { source: Vec<u8>, destination: Vec<u8> },
}

impl ProxyHeader {
    pub(super) const fn new(version: u8, ends: Ends) -> Self {
        Self { version, local: false, datagram: false, ends, fields: Vec::new(), checksum: false }
    }

    /// A connection between these two addresses, to be written in version 2. If one is IPv4 and the other IPv6, the
    /// first is written as IPv6.
    #[must_use]
    pub fn proxied(source: SocketAddr, destination: SocketAddr) -> Self {
        let ends = Ends::Inet { source: canonical(source), destination: canonical(destination) };
        Self::new(2, ends)
    }

    /// A connection between two Unix sockets, to be written in version 2. The names are paths; one that begins with a
    /// zero byte is abstract, and an empty one is that of a socket without a name.
    ///
    /// # Errors
    ///
    /// When a name has more than 108 bytes, a path has a zero byte in it, or an abstract name ends in one.
    pub fn unix(source: &[u8], destination: &[u8]) -> Result<Self, ProxyEncodeError> {
        for name in [source, destination] {
            if name.len() > UNIX_NAME {
                return Err(ProxyEncodeError::new("the name of a Unix socket has at most 108 bytes"));
            }
            if unix_name(name) != name {
                return Err(ProxyEncodeError::new(
                    "the name of a Unix socket has a zero byte where it may not",
                ));
            }
        }
        let ends = Ends::Unix { source: source.to_vec(), destination: destination.to_vec() };
        Ok(Self::new(2, ends))
    }

    /// A connection of which the proxy does not know between whom it is, to be written in version 2.
    ///
    /// In version 2 haproxy 2.6 does not take it; what a proxy says of its own health checks is [`local`](Self::local).
    #[must_use]
    pub const fn unknown() -> Self {
        Self::new(2, Ends::Unknown)
    }

    /// A connection that the proxy makes on its own behalf, a health check for example, to be written in version 2.
    #[must_use]
    pub const fn local() -> Self {
        let mut header = Self::new(2, Ends::Unknown);
        header.local = true;
        header
    }

    /// Says that what is proxied are datagrams. Default: a stream. It makes the header one of version 2; of a header
    /// without addresses it says nothing.
    #[must_use]
    pub const fn datagrams(mut self) -> Self {
        self.version = 2;
        self.datagram = !matches!(self.ends, Ends::Unknown);
        self
    }

    /// Adds a field, which the specification calls TLV: a type of the specification, such as `0x02` for the authority,
    /// or one of your own from `0xe0` to `0xef`. It makes the header one of version 2.
    ///
    /// # Errors
    ///
    /// When [`parse`](Self::parse) would refuse the value, or a second field of the type; when the fields have more
    /// than 64 KiB together; for padding and checksum, which no field of the caller's can be; and on a
    /// [local](Self::is_local) header, whose fields nobody reads.
    pub fn with_field(mut self, kind: u8, value: &[u8]) -> Result<Self, ProxyEncodeError> {
        let refused = if self.local {
            Some("fields of a local header are not read")
        } else if matches!(kind, field::CRC32C | field::NOOP) {
            Some("padding and checksum are no fields; for the checksum there is with_checksum")
        } else if field::is_single(kind) && self.field(kind).is_some() {
            Some("it has a field of this type already")
        } else if self.fields.len() + field::FIELD_HEAD + value.len() > FIELDS_MAX {
            Some("its fields are longer than 64 KiB together")
        } else {
            field::fault(kind, value).map(|(_, fault)| fault)
        };
        if let Some(fault) = refused {
            return Err(ProxyEncodeError::new(fault));
        }
        field::append(&mut self.fields, kind, value);
        self.version = 2;
        Ok(self)
    }

    /// Adds a checksum over the header. It makes the header one of version 2. On a local header it does nothing.
    #[must_use]
    pub const fn with_checksum(mut self) -> Self {
        self.version = 2;
        self.checksum = !self.local;
        self
    }

    /// 1 or 2.
    #[must_use]
    pub const fn version(&self) -> u8 {
        self.version
    }

    /// Whether the proxy made the connection on its own behalf. Then the connection's own addresses hold, and nothing
    /// else in the header counts. Version 1 cannot say so.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        self.local
    }

    /// Whether datagrams are proxied, not a stream.
    #[must_use]
    pub const fn is_datagram(&self) -> bool {
        self.datagram
    }

    /// Who has connected to the proxy. `None`: it was no IP connection, or the proxy does not say.
    #[must_use]
    pub const fn source(&self) -> Option<SocketAddr> {
        match self.ends {
            Ends::Inet { source, .. } => Some(source),
            _ => None,
        }
    }

    /// Where it has connected to. `None`: it was no IP connection, or the proxy does not say.
    #[must_use]
    pub const fn destination(&self) -> Option<SocketAddr> {
        match self.ends {
            Ends::Inet { destination, .. } => Some(destination),
            _ => None,
        }
    }

    /// The names of the Unix sockets that were connected, first who has connected, then where to. An abstract name
    /// begins with a zero byte; a socket without a name has an empty one. `None`: it was no Unix socket.
    #[must_use]
    pub fn unix_names(&self) -> Option<(&[u8], &[u8])> {
        match &self.ends {
            Ends::Unix { source, destination } => Some((source, destination)),
            _ => None,
        }
    }

    /// What the client will speak, in the words of TLS: `h2`, for example.
    #[must_use]
    pub fn alpn(&self) -> Option<&[u8]> {
        self.field(field::ALPN)
    }

    /// The host name the client asked for. With TLS that is the name it sent for SNI.
    #[must_use]
    pub fn authority(&self) -> Option<&str> {
        self.text(field::AUTHORITY)
    }

    /// What the proxy calls this connection: up to 128 bytes.
    #[must_use]
    pub fn unique_id(&self) -> Option<&[u8]> {
        self.field(field::UNIQUE_ID)
    }

    /// The network namespace in which the client was.
    #[must_use]
    pub fn namespace(&self) -> Option<&str> {
        self.text(field::NETNS)
    }

    /// What the proxy tells about the client's TLS.
    #[must_use]
    pub fn ssl(&self) -> Option<ProxySsl<'_>> {
        self.field(field::SSL).and_then(ProxySsl::new)
    }

    /// The value of the first field of this type.
    #[must_use]
    pub fn field(&self, kind: u8) -> Option<&[u8]> {
        field::find(&self.fields, kind)
    }

    /// All fields (TLVs), as type and value, in the order in which they came. Padding, and the checksum, which has been
    /// checked, are not among them.
    pub fn fields(&self) -> impl Iterator<Item = (u8, &[u8])> {
        Fields::new(Bytes::new(&self.fields, 0)).flatten().map(|field| (field.kind, field.value))
    }

    /// Whether it came with a checksum, or will be written with one. One that came was right.
    #[must_use]
    pub const fn has_checksum(&self) -> bool {
        self.checksum
    }

    fn text(&self, kind: u8) -> Option<&str> {
        std::str::from_utf8(self.field(kind)?).ok()
    }
}

impl fmt::Debug for ProxyHeader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The values of fields may be private; what is there is enough to tell headers apart.
        let fields: Vec<_> = self.fields().map(|(kind, value)| (kind, value.len())).collect();
        let text = |name: &[u8]| name.escape_ascii().to_string();
        let names = self.unix_names().map(|(source, destination)| (text(source), text(destination)));
        f.debug_struct("ProxyHeader")
            .field("version", &self.version)
            .field("local", &self.local)
            .field("datagram", &self.datagram)
            .field("source", &self.source())
            .field("destination", &self.destination())
            .field("unix_names", &names)
            .field("field_lengths", &fields)
            .field("checksum", &self.checksum)
            .finish()
    }
}

/// An IPv4 address in one way only, and nothing in an IPv6 address that a header cannot say.
pub(super) fn canonical(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(IpAddr::to_canonical(&address.ip()), address.port())
}

/// What of these bytes is a name: a path ends at its first zero byte, and at its last other byte an abstract name.
pub(super) fn unix_name(bytes: &[u8]) -> &[u8] {
    let end = if bytes.first() == Some(&0) {
        bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1)
    } else {
        bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len())
    };
    &bytes[..end]
}
