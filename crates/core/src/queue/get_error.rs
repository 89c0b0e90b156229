//! What a get says when there is nothing to get.

use std::error::Error;
use std::{fmt, io};

/// The queue or channel is shut down and nothing is left in it.
///
/// As an [`io::Error`] it is an `UnexpectedEof`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[doc(alias = "ShutDown")]
#[expect(clippy::exhaustive_structs, reason = "complete: it says one thing")]
pub struct GetError;

impl fmt::Display for GetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is shut down and nothing is left in it")
    }
}

impl Error for GetError {}

impl From<GetError> for io::Error {
    fn from(error: GetError) -> Self {
        Self::new(io::ErrorKind::UnexpectedEof, error)
    }
}

/// A get that may not wait found nothing.
///
/// As an [`io::Error`] it is `WouldBlock` or `UnexpectedEof`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum TryGetError {
    /// Nothing is there that others have not been promised.
    Empty,
    /// The queue or channel is shut down and nothing is left in it.
    ShutDown,
}

impl fmt::Display for TryGetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "the queue is empty",
            Self::ShutDown => "the queue is shut down and nothing is left in it",
        })
    }
}

impl Error for TryGetError {}

impl From<TryGetError> for io::Error {
    fn from(error: TryGetError) -> Self {
        let kind = match error {
            TryGetError::Empty => io::ErrorKind::WouldBlock,
            TryGetError::ShutDown => io::ErrorKind::UnexpectedEof,
        };
        Self::new(kind, error)
    }
}
