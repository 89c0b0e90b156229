//! A deadline that has passed.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

/// Which of the [`Deadlines`](crate::Deadlines) it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Deadline {
    /// No byte came.
    FirstByte,
    /// Nothing more came.
    Idle,
    /// A line or frame did not become whole.
    Request,
    /// The peer took nothing of what was written.
    Write,
    /// The connection is too old.
    Connection,
}

/// A deadline of a connection has passed. As an [`io::Error`] its kind is `TimedOut`.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, Deadline, DeadlineError};
///
/// async fn serve(mut conn: Connection) -> std::io::Result<()> {
///     let Err(error) = conn.lines().next().await else { return Ok(()) };
///     let passed = error.get_ref().and_then(|inner| inner.downcast_ref::<DeadlineError>());
///     if passed.is_some_and(|passed| passed.which() == Deadline::Idle) {
///         conn.send_line("are you still there?").await?;
///     }
///     Err(error)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineError {
    which: Deadline,
    limit: Duration,
}

impl DeadlineError {
    pub(super) const fn new(which: Deadline, limit: Duration) -> Self {
        Self { which, limit }
    }

    /// Which one.
    #[must_use]
    pub const fn which(&self) -> Deadline {
        self.which
    }

    /// How long it was.
    #[must_use]
    pub const fn limit(&self) -> Duration {
        self.limit
    }
}

impl fmt::Display for DeadlineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let limit = self.limit;
        match self.which {
            Deadline::FirstByte => write!(f, "no first byte within {limit:?}"),
            Deadline::Idle => write!(f, "idle for {limit:?}"),
            Deadline::Request => write!(f, "request not complete within {limit:?}"),
            Deadline::Write => write!(f, "peer took nothing of what was written for {limit:?}"),
            Deadline::Connection => write!(f, "connection older than {limit:?}"),
        }
    }
}

impl Error for DeadlineError {}

impl From<DeadlineError> for io::Error {
    fn from(error: DeadlineError) -> Self {
        Self::new(io::ErrorKind::TimedOut, error)
    }
}
