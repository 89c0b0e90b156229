//! The end of a listener.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

/// A listener is finished: accept said that it never will accept again.
#[derive(Debug, Clone)]
#[doc(alias("fatal_errors", "is_fatal_error"))]
pub struct AcceptError {
    address: SocketAddr,
    source: Arc<io::Error>,
}

impl AcceptError {
    pub(crate) fn new(address: SocketAddr, source: io::Error) -> Self {
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
