//! Why a text is no address.

use std::error::Error;
use std::fmt;
use std::io;

/// A text that names nothing to listen on or connect to. It says what was written and what to write instead.
#[derive(Clone, PartialEq, Eq)]
pub struct AddressError {
    written: String,
    fault: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    Text(&'static str),
    PathTooLong { length: usize, limit: usize },
}

impl AddressError {
    pub(super) fn new(written: &str, fault: Fault) -> Self {
        Self { written: written.to_owned(), fault }
    }

    /// The text as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }

    /// How many bytes the path of a Unix socket may have, if it has more.
    #[must_use]
    pub const fn path_limit(&self) -> Option<usize> {
        match self.fault {
            Fault::PathTooLong { limit, .. } => Some(limit),
            Fault::Text(_) => None,
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::PathTooLong { length, limit } => write!(
                f,
                "the path has {length} bytes, and that of a Unix socket at most {limit}; write a shorter one, or one \
                 relative to the working directory"
            ),
        }
    }
}

debug_as_display!(AddressError);

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no address: {:?}: {}", self.written, self.fault)
    }
}

impl Error for AddressError {}

impl From<AddressError> for io::Error {
    fn from(error: AddressError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
