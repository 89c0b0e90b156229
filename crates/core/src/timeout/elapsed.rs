//! The error of a limit that has passed.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use super::timeout::Timeout;

/// A time limit has passed, and what ran under it is over, clean-ups and all.
///
/// Converts into an [`io::Error`] of kind `TimedOut`.
///
/// gevent raises the `Timeout` itself; [`belongs_to`](Self::belongs_to) is its test `t is timeout`.
#[derive(Clone, Debug)]
pub struct Elapsed {
    limit: Option<Duration>,
    owner: Option<Timeout>,
}

impl Elapsed {
    pub(crate) fn new(limit: Option<Duration>, owner: Option<Timeout>) -> Self {
        Self { limit, owner }
    }

    /// The limit that has passed.
    #[must_use]
    pub fn limit(&self) -> Option<Duration> {
        self.limit
    }

    /// Whether it was the limit of this shared [`Timeout`].
    #[must_use]
    pub fn belongs_to(&self, timeout: &Timeout) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.is(timeout))
    }
}

impl fmt::Display for Elapsed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.limit {
            Some(limit) => write!(f, "timed out after {limit:?}"),
            None => f.write_str("timed out"),
        }
    }
}

impl Error for Elapsed {}

impl From<Elapsed> for io::Error {
    fn from(elapsed: Elapsed) -> Self {
        Self::new(io::ErrorKind::TimedOut, elapsed)
    }
}
