//! What starting and running a server may fail with.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::address::AddressError;

/// A socket could not be bound. It names the address, and says what to do where that is known.
#[derive(Debug)]
pub struct BindError {
    address: String,
    name_is_unknown: bool,
    source: io::Error,
}

impl BindError {
    pub(super) const fn new(address: String, source: io::Error) -> Self {
        Self { address, name_is_unknown: false, source }
    }

    pub(super) const fn unknown_name(address: String, source: io::Error) -> Self {
        Self { address, name_is_unknown: true, source }
    }

    /// The address, as far as it was known.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What kind of error the system gave.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        self.source.kind()
    }

    fn advice(&self) -> Option<&'static str> {
        if self.name_is_unknown {
            return Some(
                "the name has no address; write an address such as 127.0.0.1, or check the spelling",
            );
        }
        match self.source.kind() {
            io::ErrorKind::AddrInUse => Some(
                "another process listens there, or this one twice; choose another port, or 0 for a free one",
            ),
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

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot listen on {}: {}", self.address, self.source)?;
        self.advice().map_or(Ok(()), |advice| write!(f, " ({advice})"))
    }
}

impl Error for BindError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}

impl From<BindError> for io::Error {
    fn from(error: BindError) -> Self {
        Self::new(error.kind(), error)
    }
}

/// A server could not start; nothing is left half-started.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The text names nothing to listen on.
    Address(AddressError),
    /// The system refused to listen there.
    Bind(BindError),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::Bind(error) => error.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // What is inside speaks for itself already; only its own cause is left.
        match self {
            Self::Address(error) => error.source(),
            Self::Bind(error) => error.source(),
        }
    }
}

impl From<AddressError> for StartError {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<BindError> for StartError {
    fn from(error: BindError) -> Self {
        Self::Bind(error)
    }
}

impl From<StartError> for io::Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Address(error) => error.into(),
            StartError::Bind(error) => error.into(),
        }
    }
}

/// A listener is finished: accept said that it never will accept again.
#[derive(Debug, Clone)]
pub struct AcceptError {
    address: SocketAddr,
    source: Arc<io::Error>,
}

impl AcceptError {
    pub(super) fn new(address: SocketAddr, source: io::Error) -> Self {
        Self { address, source: Arc::new(source) }
    }

    /// Where it listened.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no longer accepting on {}: {}", self.address, self.source)
    }
}

impl Error for AcceptError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}

impl From<AcceptError> for io::Error {
    fn from(error: AcceptError) -> Self {
        Self::new(error.source.kind(), error)
    }
}

/// A server that was to serve for ever could not start, or lost its listeners.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// It did not start.
    Start(StartError),
    /// Its last listener is finished; its connections have been drained.
    Accept(AcceptError),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Accept(error) => error.fmt(f),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start(error) => error.source(),
            Self::Accept(error) => error.source(),
        }
    }
}

impl From<StartError> for ServeError {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<AcceptError> for ServeError {
    fn from(error: AcceptError) -> Self {
        Self::Accept(error)
    }
}

impl From<ServeError> for io::Error {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Start(error) => error.into(),
            ServeError::Accept(error) => error.into(),
        }
    }
}
