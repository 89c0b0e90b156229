//! Too many connections from one source.

use std::error::Error;
use std::fmt;
use std::io;

use crate::limit::prefix::Prefix;

/// The source of a connection has as many as one may have. The caller closes this one.
///
/// As an [`io::Error`] it is a `ConnectionRefused`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(super) source: Prefix,
    pub(super) limit: usize,
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, limit } = self;
        write!(f, "{source} has {limit} connections, which is the limit for one address")
    }
}

impl Error for Refused {}

impl From<Refused> for io::Error {
    fn from(error: Refused) -> Self {
        Self::new(io::ErrorKind::ConnectionRefused, error)
    }
}
