//! Why a connection did not come under TLS.

use std::error::Error;
use std::fmt;
use std::io;

use crate::tls::HandshakeError;

/// A connection could not go on under TLS. From [`Connection::start_tls`](crate::Connection::start_tls).
#[derive(Debug)]
#[non_exhaustive]
pub enum StartTlsError {
    /// It is under TLS.
    AlreadySecured,
    /// The client sent plain text after it was told to begin.
    PlaintextAhead {
        /// So many bytes of it were read.
        bytes: usize,
    },
    /// What was to be sent before could not be sent.
    Io(io::Error),
    /// The handshake failed; the connection is closed.
    Handshake(HandshakeError),
}

impl fmt::Display for StartTlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadySecured => f.write_str("the connection is under TLS already"),
            Self::PlaintextAhead { bytes } => {
                write!(f, "{bytes} bytes of plain text came ahead of the TLS handshake; close the connection")
            }
            Self::Io(error) => write!(f, "cannot send what goes before the TLS handshake: {error}"),
            Self::Handshake(error) => write!(f, "the TLS handshake failed: {error}"),
        }
    }
}

impl Error for StartTlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::AlreadySecured | Self::PlaintextAhead { .. } => None,
            Self::Io(error) => Some(error),
            Self::Handshake(error) => Some(error),
        }
    }
}

impl From<StartTlsError> for io::Error {
    fn from(error: StartTlsError) -> Self {
        let kind = match &error {
            StartTlsError::AlreadySecured => io::ErrorKind::InvalidInput,
            StartTlsError::PlaintextAhead { .. } => io::ErrorKind::InvalidData,
            StartTlsError::Io(error) => error.kind(),
            StartTlsError::Handshake(_) => io::ErrorKind::ConnectionAborted,
        };
        Self::new(kind, error)
    }
}
