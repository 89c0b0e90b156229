//! What the loop of a door leaves behind when its listener is finished.

use crate::fault::AcceptError;

/// A listener that is finished.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) error: AcceptError,
    /// The server does not go on without it.
    pub(crate) drain: bool,
}

impl From<AcceptError> for Lost {
    fn from(error: AcceptError) -> Self {
        Self { error, drain: false }
    }
}
