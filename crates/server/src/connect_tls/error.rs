//! Why there is no secured stream.

use std::error::Error;
use std::fmt;
use std::io;

use crate::connect::ConnectError;
use crate::tls::HandshakeError;

/// A client could not connect under TLS. From [`connect_tls`](crate::connect_tls()).
#[non_exhaustive]
pub enum ConnectTlsError {
    /// There is no connection.
    Connect(ConnectError),
    /// There is one, and the handshake failed.
    Handshake(HandshakeError),
}

debug_as_display!(ConnectTlsError);

impl fmt::Display for ConnectTlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connect(error) => error.fmt(f),
            Self::Handshake(error) => write!(f, "the TLS handshake failed: {error}"),
        }
    }
}

impl Error for ConnectTlsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // It speaks for itself already.
            Self::Connect(error) => error.source(),
            Self::Handshake(error) => Some(error),
        }
    }
}

impl From<ConnectTlsError> for io::Error {
    fn from(error: ConnectTlsError) -> Self {
        match error {
            ConnectTlsError::Connect(error) => error.into(),
            ConnectTlsError::Handshake(error) => error.into(),
        }
    }
}
