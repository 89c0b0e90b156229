//! What a handshake has settled.

use std::sync::Arc;

use bytes::Bytes;
use rustls::{ClientConnection, CommonState, HandshakeKind, ProtocolVersion, ServerConnection};

use crate::tls::algorithms::{cipher_name, group_name};

/// What a TLS handshake has settled: the version, the cipher suite, and who the other side is.
///
/// Cheap to clone.
///
/// In gevent one asks the socket: `version`, `cipher`, `getpeercert`, `selected_alpn_protocol`.
#[doc(alias = "getpeercert")]
#[doc(alias = "selected_alpn_protocol")]
#[derive(Debug, Clone)]
pub struct TlsFacts {
    inside: Arc<Inside>,
}

#[derive(Debug)]
struct Inside {
    version: &'static str,
    cipher_suite: &'static str,
    key_exchange_group: Option<&'static str>,
    alpn: Option<Box<[u8]>>,
    server_name: Option<Box<str>>,
    peer_certificates: Box<[Bytes]>,
    is_resumed: bool,
}

impl TlsFacts {
    /// Those of a connection whose handshake is over.
    pub(crate) fn of(connection: &ServerConnection) -> Self {
        Self::gather(connection, connection.server_name())
    }

    /// Those of a connection to a server, whose name the caller knows.
    pub(crate) fn of_client(connection: &ClientConnection, server_name: Option<&str>) -> Self {
        Self::gather(connection, server_name)
    }

    fn gather(connection: &CommonState, server_name: Option<&str>) -> Self {
        let chain = connection.peer_certificates().unwrap_or_default();
        let suite = connection.negotiated_cipher_suite();
        let inside = Inside {
            version: connection.protocol_version().map_or("unknown", version),
            cipher_suite: suite.as_ref().and_then(cipher_name).unwrap_or("unknown"),
            key_exchange_group: connection.negotiated_key_exchange_group().map(group_name),
            alpn: connection.alpn_protocol().map(Box::from),
            server_name: server_name.map(Box::from),
            peer_certificates: chain.iter().map(|der| Bytes::copy_from_slice(der)).collect(),
            is_resumed: connection.handshake_kind() == Some(HandshakeKind::Resumed),
        };
        Self { inside: Arc::new(inside) }
    }

    /// The version, as OpenSSL writes it: `TLSv1.3`.
    #[must_use]
    pub fn version(&self) -> &'static str {
        self.inside.version
    }

    /// The cipher suite, such as `TLS13_AES_256_GCM_SHA384`.
    #[must_use]
    pub fn cipher_suite(&self) -> &'static str {
        self.inside.cipher_suite
    }

    /// The group of the key exchange, such as `X25519MLKEM768`. A resumed session of TLS 1.2 has none.
    #[must_use]
    pub fn key_exchange_group(&self) -> Option<&'static str> {
        self.inside.key_exchange_group
    }

    /// The application protocol both agreed on, such as `h2`.
    #[must_use]
    pub fn alpn(&self) -> Option<&[u8]> {
        self.inside.alpn.as_deref()
    }

    /// The name that the client asked for (SNI).
    #[must_use]
    pub fn server_name(&self) -> Option<&str> {
        self.inside.server_name.as_deref()
    }

    /// The other side's certificates as DER, its own first; empty for a client that showed none. They were checked.
    #[must_use]
    pub fn peer_certificates(&self) -> &[Bytes] {
        &self.inside.peer_certificates
    }

    /// Whether an earlier session was taken up again.
    #[must_use]
    pub fn is_resumed(&self) -> bool {
        self.inside.is_resumed
    }
}

const fn version(version: ProtocolVersion) -> &'static str {
    match version {
        ProtocolVersion::TLSv1_2 => "TLSv1.2",
        ProtocolVersion::TLSv1_3 => "TLSv1.3",
        _ => "unknown",
    }
}
