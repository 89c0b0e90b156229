//! What reading a request's body fails with.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why a request's body cannot be read to its end. Whatever the service then answers (but for an answer of 4xx, which is
/// sent), the client gets the status that goes with it, and the connection closes.
#[derive(Debug)]
#[non_exhaustive]
pub enum BodyError {
    /// It has more than so many bytes: see [`Http::max_body`](crate::Http::max_body). 413.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// Nothing came for so long: see [`Http::progress`](crate::Http::progress). 408.
    TimedOut {
        /// The limit.
        limit: Duration,
    },
    /// It ends before it is whole, its chunks are garbled, or its stream was reset. 400.
    Broken(Box<dyn Error + Send + Sync>),
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the request's body has more than {limit} bytes"),
            Self::TimedOut { limit } => {
                write!(f, "nothing more of the request's body came for {} s", limit.as_secs_f64())
            }
            Self::Broken(_) => f.write_str("the request's body is broken"),
        }
    }
}

impl Error for BodyError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Broken(error) => Some(&**error),
            _ => None,
        }
    }
}

impl From<BodyError> for io::Error {
    fn from(error: BodyError) -> Self {
        let kind = match &error {
            BodyError::TooLarge { .. } => io::ErrorKind::InvalidData,
            BodyError::TimedOut { .. } => io::ErrorKind::TimedOut,
            BodyError::Broken(_) => io::ErrorKind::UnexpectedEof,
        };
        Self::new(kind, error)
    }
}
