//! Why a handshake failed.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::time::Duration;

use rustls::{Error, InvalidMessage, PeerIncompatible};

/// A TLS handshake failed. One line says why; [`kind`](Self::kind) says it to programs.
pub struct HandshakeError {
    kind: HandshakeErrorKind,
    fault: String,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// What a handshake failed by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum HandshakeErrorKind {
    /// It took longer than the limit.
    TimedOut,
    /// The client speaks plain HTTP.
    PlainHttp,
    /// What the peer sent is no TLS.
    NotTls,
    /// The peer closed the connection, or it broke.
    Closed,
    /// The peer's certificate was rejected, or one was required and none was shown.
    PeerCertificate,
    /// The client asked for a name without a certificate, and such clients are turned away.
    UnknownName,
    /// There is no application protocol (ALPN) that both speak.
    NoCommonProtocol,
    /// There is no version of TLS that both speak.
    NoCommonVersion,
    /// There is no cipher suite, key exchange group or signature scheme that both know.
    NoCommonCipher,
    /// It took long, and others waited for their turn.
    PushedOut,
    /// The peer gave up, and sent an alert.
    Refused,
    /// The name to connect to is no server name.
    InvalidName,
    /// The peer broke the protocol, or something else went wrong.
    Other,
}

impl HandshakeError {
    pub(super) fn new(kind: HandshakeErrorKind, fault: impl Into<String>) -> Self {
        Self { kind, fault: fault.into(), source: None }
    }

    pub(super) fn timed_out(limit: Duration) -> Self {
        Self::new(HandshakeErrorKind::TimedOut, format!("not over within {limit:?}"))
    }

    pub(super) fn closed() -> Self {
        Self::new(HandshakeErrorKind::Closed, "the peer closed the connection")
    }

    /// As tokio-rustls gives them: rustls's own are inside.
    pub(crate) fn of_io(error: io::Error) -> Self {
        match error.downcast::<Error>() {
            Ok(error) => Self::of(error),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Self::closed(),
            Err(error) => {
                let fault = format!("the connection broke: {error}");
                Self { source: Some(error.into()), ..Self::new(HandshakeErrorKind::Closed, fault) }
            }
        }
    }

    pub(super) fn of(error: Error) -> Self {
        let kind = judge(&error);
        let fault = match (&error, kind) {
            (Error::NoCertificatesPresented, _) => "the client showed no certificate".to_owned(),
            (Error::InvalidCertificate(why), _) => format!("the peer's certificate was rejected: {why}"),
            (Error::AlertReceived(alert), _) => format!("the peer gave up: {alert:?}"),
            (_, HandshakeErrorKind::NoCommonProtocol) => {
                "there is no application protocol that both speak".to_owned()
            }
            (_, HandshakeErrorKind::NoCommonVersion) => {
                format!("there is no version of TLS that both speak: {error}")
            }
            (_, HandshakeErrorKind::NotTls) => "what came is no TLS".to_owned(),
            _ => error.to_string(),
        };
        Self { source: Some(error.into()), ..Self::new(kind, fault) }
    }

    /// What failed.
    #[must_use]
    pub const fn kind(&self) -> HandshakeErrorKind {
        self.kind
    }
}

debug_as_display!(HandshakeError);

impl fmt::Display for HandshakeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TLS handshake failed: {}", self.fault)
    }
}

impl StdError for HandshakeError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_ref().map(|source| &**source as _)
    }
}

impl From<HandshakeError> for io::Error {
    fn from(error: HandshakeError) -> Self {
        let kind = match error.kind {
            HandshakeErrorKind::TimedOut => io::ErrorKind::TimedOut,
            HandshakeErrorKind::Closed => io::ErrorKind::UnexpectedEof,
            HandshakeErrorKind::InvalidName => io::ErrorKind::InvalidInput,
            _ => io::ErrorKind::InvalidData,
        };
        Self::new(kind, error)
    }
}

fn judge(error: &Error) -> HandshakeErrorKind {
    match error {
        Error::NoApplicationProtocol => HandshakeErrorKind::NoCommonProtocol,
        Error::InvalidCertificate(_)
        | Error::NoCertificatesPresented
        | Error::InvalidCertRevocationList(_) => HandshakeErrorKind::PeerCertificate,
        Error::AlertReceived(_) => HandshakeErrorKind::Refused,
        Error::InvalidMessage(
            InvalidMessage::InvalidContentType | InvalidMessage::UnknownProtocolVersion,
        ) => HandshakeErrorKind::NotTls,
        Error::PeerIncompatible(why) => incompatible(why),
        _ => HandshakeErrorKind::Other,
    }
}

const fn incompatible(why: &PeerIncompatible) -> HandshakeErrorKind {
    match why {
        PeerIncompatible::ServerDoesNotSupportTls12Or13
        | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
        // Came with TLS 1.2: who has none speaks an older one.
        | PeerIncompatible::SignatureAlgorithmsExtensionRequired
        | PeerIncompatible::SupportedVersionsExtensionRequired
        | PeerIncompatible::Tls12NotOffered
        | PeerIncompatible::Tls12NotOfferedOrEnabled => HandshakeErrorKind::NoCommonVersion,
        PeerIncompatible::NoCipherSuitesInCommon
        | PeerIncompatible::NoKxGroupsInCommon
        | PeerIncompatible::NoSignatureSchemesInCommon
        | PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            HandshakeErrorKind::NoCommonCipher
        }
        _ => HandshakeErrorKind::Other,
    }
}
