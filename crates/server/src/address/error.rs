//! Why a text is no address.

use std::error::Error;
use std::fmt;
use std::io;

/// A text that names nothing to listen on. It says what was written and what to write instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressError {
    written: String,
    fault: &'static str,
}

impl AddressError {
    pub(super) fn new(written: &str, fault: &'static str) -> Self {
        Self { written: written.to_owned(), fault }
    }

    /// The text as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot listen on {:?}: {}", self.written, self.fault)
    }
}

impl Error for AddressError {}

impl From<AddressError> for io::Error {
    fn from(error: AddressError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
