//! The end of a listener.

use std::error::Error;
use std::fmt;
use std::io;
use std::sync::Arc;

use crate::address::SockAddr;

/// A listener is finished: the system said that it never will give anything again, or its loop broke.
#[derive(Clone)]
#[doc(alias("fatal_errors", "is_fatal_error"))]
pub struct AcceptError {
    address: SockAddr,
    source: Arc<io::Error>,
}

impl AcceptError {
    pub(crate) fn new(address: SockAddr, source: io::Error) -> Self {
        Self { address, source: Arc::new(source) }
    }

    /// Where it listened.
    #[must_use]
    pub const fn address(&self) -> &SockAddr {
        &self.address
    }
}

debug_as_display!(AcceptError);

impl fmt::Display for AcceptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no longer listening on {}: {}", self.address, self.source)
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
