//! Why a header cannot be written.

use std::error::Error;
use std::fmt;
use std::io;

/// A header cannot say this. As an [`io::Error`] its kind is `InvalidInput`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyEncodeError {
    fault: &'static str,
}

impl ProxyEncodeError {
    pub(super) const fn new(fault: &'static str) -> Self {
        Self { fault }
    }
}

impl fmt::Display for ProxyEncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot write this PROXY header: {}", self.fault)
    }
}

impl Error for ProxyEncodeError {}

impl From<ProxyEncodeError> for io::Error {
    fn from(error: ProxyEncodeError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
