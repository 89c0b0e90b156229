//! Why TLS could not be set up.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::Path;

use crate::tls::source::Source;

/// TLS could not be set up, or set up anew. It names the file and what is wrong with it, never what is in it.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Tls, TlsErrorKind};
///
/// let error = Tls::from_files("no/such/cert.pem", "no/such/key.pem").unwrap_err();
/// assert_eq!(error.kind(), TlsErrorKind::Unreadable);
/// assert!(error.to_string().starts_with("cannot set up TLS: no/such/cert.pem: it cannot be read: "));
/// ```
pub struct TlsError {
    kind: TlsErrorKind,
    place: Option<Source>,
    fault: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

/// What kept TLS from being set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TlsErrorKind {
    /// The file is missing, or may not be read.
    Unreadable,
    /// It is no PEM, or only the beginning of one.
    BadPem,
    /// There is no certificate in it, or none was given at all.
    NoCertificate,
    /// A certificate in it cannot be used.
    BadCertificate,
    /// There is no private key in it.
    NoKey,
    /// There is more than one private key in it.
    SeveralKeys,
    /// The private key is encrypted.
    EncryptedKey,
    /// The private key is of no known kind.
    BadKey,
    /// The private key belongs to another certificate.
    KeyMismatch,
    /// An authority to trust cannot be used.
    BadAuthority,
    /// The revocation list cannot be used.
    BadRevocationList,
    /// There is no cipher suite of this name.
    UnknownCipher,
    /// There is no key exchange group of this name.
    UnknownGroup,
    /// Versions, cipher suites and groups do not go together.
    Unusable,
    /// The system or the provider of cryptography failed.
    Internal,
}

impl TlsError {
    pub(super) fn new(kind: TlsErrorKind, fault: impl Into<String>) -> Self {
        Self { kind, place: None, fault: fault.into(), source: None }
    }

    /// About a file, or about what was given in its place.
    pub(super) fn at(mut self, place: &Source) -> Self {
        self.place = Some(place.clone());
        self
    }

    pub(super) fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> TlsErrorKind {
        self.kind
    }

    /// The file that is at fault, if it is one.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref().and_then(Source::path)
    }
}

debug_as_display!(TlsError);

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("cannot set up TLS: ")?;
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        f.write_str(&self.fault)?;
        self.source.as_ref().map_or(Ok(()), |source| write!(f, ": {source}"))
    }
}

impl Error for TlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

impl From<TlsError> for io::Error {
    fn from(error: TlsError) -> Self {
        let source = error.source.as_ref().and_then(|source| source.downcast_ref::<Self>());
        let kind = source.map_or(io::ErrorKind::InvalidInput, Self::kind);
        Self::new(kind, error)
    }
}
