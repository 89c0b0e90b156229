//! Why a socket could not be bound.

use std::error::Error;
use std::fmt;
use std::io;

/// A socket could not be bound. It names the address, and says what to do where that is known.
#[derive(Debug)]
pub struct BindError {
    address: String,
    name_is_unknown: bool,
    source: io::Error,
}

impl BindError {
    pub(crate) const fn new(address: String, source: io::Error) -> Self {
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
