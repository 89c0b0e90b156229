//! What starting and running a datagram server may fail with.

use std::error::Error;
use std::fmt;
use std::io;

use crate::address::AddressError;
use crate::datagram::socket::Refusal;
use crate::fault::AcceptError;

/// A datagram server could not start; nothing is left half-started.
#[non_exhaustive]
pub enum DatagramStartError {
    /// The text names nothing to receive at.
    Address(AddressError),
    /// The system refused to bind a socket there.
    #[non_exhaustive]
    Bind {
        /// The address, as far as it was known.
        address: String,
        /// What the system said.
        source: io::Error,
    },
}

impl DatagramStartError {
    /// What kind of error it is.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        match self {
            Self::Address(_) => io::ErrorKind::InvalidInput,
            Self::Bind { source, .. } => source.kind(),
        }
    }

    fn advice(&self) -> Option<&'static str> {
        match self.kind() {
            io::ErrorKind::AddrInUse => {
                Some("another socket is bound there; choose another port, or 0 for a free one")
            }
            io::ErrorKind::PermissionDenied => {
                Some("ports below 1024 need privileges; choose a higher one, or grant CAP_NET_BIND_SERVICE")
            }
            io::ErrorKind::AddrNotAvailable => {
                Some("no interface of this machine has the address; write ':port' for every interface")
            }
            _ => None,
        }
    }
}

debug_as_display!(DatagramStartError, DatagramServeError);

impl fmt::Display for DatagramStartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::Bind { address, source } => {
                write!(f, "cannot receive datagrams at {address}: {source}")?;
                self.advice().map_or(Ok(()), |advice| write!(f, " ({advice})"))
            }
        }
    }
}

impl Error for DatagramStartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            // It speaks for itself already; only its own cause is left.
            Self::Address(error) => error.source(),
            Self::Bind { source, .. } => Some(source),
        }
    }
}

impl From<AddressError> for DatagramStartError {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<Refusal> for DatagramStartError {
    fn from(Refusal { address, error }: Refusal) -> Self {
        Self::Bind { address, source: error }
    }
}

impl From<DatagramStartError> for io::Error {
    fn from(error: DatagramStartError) -> Self {
        Self::new(error.kind(), error)
    }
}

/// A datagram server that was to serve for ever could not start, or lost its sockets.
#[non_exhaustive]
pub enum DatagramServeError {
    /// It did not start.
    Start(DatagramStartError),
    /// Its last socket is finished; what was at work has been drained.
    Receive(AcceptError),
}

impl fmt::Display for DatagramServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Receive(error) => error.fmt(f),
        }
    }
}

impl Error for DatagramServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start(error) => error.source(),
            Self::Receive(error) => error.source(),
        }
    }
}

impl From<DatagramStartError> for DatagramServeError {
    fn from(error: DatagramStartError) -> Self {
        Self::Start(error)
    }
}

impl From<AcceptError> for DatagramServeError {
    fn from(error: AcceptError) -> Self {
        Self::Receive(error)
    }
}

impl From<DatagramServeError> for io::Error {
    fn from(error: DatagramServeError) -> Self {
        match error {
            DatagramServeError::Start(error) => error.into(),
            DatagramServeError::Receive(error) => error.into(),
        }
    }
}
