//! What the proxy tells about the TLS it has ended.

use std::fmt;

use crate::proxy::field::{SSL_CIPHER, SSL_CN, SSL_HEAD, SSL_KEY_ALG, SSL_SIG_ALG, SSL_VERSION, find};

const CLIENT_SSL: u8 = 0x01;
const CLIENT_CERT_CONN: u8 = 0x02;
const CLIENT_CERT_SESS: u8 = 0x04;

/// What a proxy tells about the TLS between the client and itself. Got from [`ProxyHeader::ssl`](crate::ProxyHeader::ssl).
///
/// # Examples
///
/// ```
/// use greenroom_server::ProxyHeader;
///
/// // TLS (1), a certificate on this connection (2), verified (four zeros), and a common name.
/// let field = [b"\x03\0\0\0\0", &b"\x22\0\x05alice"[..]].concat();
/// let header = ProxyHeader::unknown().with_field(0x20, &field)?;
/// let ssl = header.ssl().unwrap();
/// assert!(ssl.is_verified());
/// assert_eq!(ssl.common_name(), Some("alice"));
/// # std::io::Result::Ok(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ProxySsl<'a> {
    client: u8,
    verify: u32,
    inside: &'a [u8],
}

impl<'a> ProxySsl<'a> {
    /// The value must have been checked.
    pub(super) fn new(value: &'a [u8]) -> Option<Self> {
        let ([client, verify @ ..], inside) = value.split_first_chunk::<SSL_HEAD>()?;
        Some(Self { client: *client, verify: u32::from_be_bytes(*verify), inside })
    }

    /// Whether the client spoke TLS.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.client & CLIENT_SSL != 0
    }

    /// Whether the client gave a certificate on this connection.
    #[must_use]
    pub const fn has_certificate(&self) -> bool {
        self.client & CLIENT_CERT_CONN != 0
    }

    /// Whether the client gave a certificate at least once in the session that this connection belongs to.
    #[must_use]
    pub const fn has_session_certificate(&self) -> bool {
        self.client & CLIENT_CERT_SESS != 0
    }

    /// Whether the client gave a certificate, on this connection or in its session, and it was found good.
    ///
    /// Proxies send a verdict of zero also for clients that gave no certificate; those are not verified.
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        self.verify == 0 && (self.has_certificate() || self.has_session_certificate())
    }

    /// The verdict as it came: 0 says that nothing was wrong, not that there was a certificate.
    /// [`is_verified`](Self::is_verified) says both.
    #[must_use]
    pub const fn verify(&self) -> u32 {
        self.verify
    }

    /// The version of TLS, such as `TLSv1.3`.
    #[must_use]
    pub fn version(&self) -> Option<&'a str> {
        self.text(SSL_VERSION)
    }

    /// The common name in the client's certificate. It is worth something only where [`is_verified`](Self::is_verified).
    #[must_use]
    pub fn common_name(&self) -> Option<&'a str> {
        self.text(SSL_CN)
    }

    /// The cipher, such as `ECDHE-RSA-AES128-GCM-SHA256`.
    #[must_use]
    pub fn cipher(&self) -> Option<&'a str> {
        self.text(SSL_CIPHER)
    }

    /// What the proxy's certificate is signed with, such as `RSA-SHA256`.
    #[must_use]
    pub fn signature_algorithm(&self) -> Option<&'a str> {
        self.text(SSL_SIG_ALG)
    }

    /// What the key of the proxy's certificate is, such as `RSA2048`.
    #[must_use]
    pub fn key_algorithm(&self) -> Option<&'a str> {
        self.text(SSL_KEY_ALG)
    }

    fn text(&self, kind: u8) -> Option<&'a str> {
        std::str::from_utf8(find(self.inside, kind)?).ok()
    }
}

impl fmt::Debug for ProxySsl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySsl")
            .field("is_tls", &self.is_tls())
            .field("is_verified", &self.is_verified())
            .field("version", &self.version())
            .field("common_name", &self.common_name())
            .finish_non_exhaustive()
    }
}
