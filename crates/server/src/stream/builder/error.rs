//! What starting and running a server may fail with.

use std::error::Error;
use std::fmt;
use std::io;

use crate::address::AddressError;
use crate::fault::AcceptError;
use crate::stream::listener::BindError;

/// A server could not start; nothing is left half-started.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::io::ErrorKind;
/// use greenroom_server::{Connection, StartError, StreamServer};
///
/// # async fn serve(_: Connection) {}
/// let taken = StreamServer::bind("127.0.0.1:0").start(serve).await.unwrap();
/// let error = StreamServer::bind(&taken.local_addrs()[0]).start(serve).await.unwrap_err();
/// assert!(error.to_string().contains("choose another port"));
/// assert_eq!(format!("{error:?}"), error.to_string()); // what `main` shows when it returns one
/// assert!(matches!(error, StartError::Bind(why) if why.kind() == ErrorKind::AddrInUse));
/// # }
/// ```
#[non_exhaustive]
pub enum StartError {
    /// The text names nothing to listen on.
    Address(AddressError),
    /// The system refused to listen there.
    Bind(BindError),
}

debug_as_display!(StartError, ServeError);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => error.fmt(f),
            Self::Bind(error) => error.fmt(f),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        // What is inside speaks for itself already; only its own cause is left.
        match self {
            Self::Address(error) => error.source(),
            Self::Bind(error) => error.source(),
        }
    }
}

impl From<AddressError> for StartError {
    fn from(error: AddressError) -> Self {
        Self::Address(error)
    }
}

impl From<BindError> for StartError {
    fn from(error: BindError) -> Self {
        Self::Bind(error)
    }
}

impl From<StartError> for io::Error {
    fn from(error: StartError) -> Self {
        match error {
            StartError::Address(error) => error.into(),
            StartError::Bind(error) => error.into(),
        }
    }
}

/// A server that was to serve for ever could not start, or lost its listeners.
#[non_exhaustive]
pub enum ServeError {
    /// It did not start.
    Start(StartError),
    /// Its last listener is finished, and its connections have been drained; or the task that led it is gone.
    Accept(AcceptError),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start(error) => error.fmt(f),
            Self::Accept(error) => error.fmt(f),
        }
    }
}

impl Error for ServeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Start(error) => error.source(),
            Self::Accept(error) => error.source(),
        }
    }
}

impl From<StartError> for ServeError {
    fn from(error: StartError) -> Self {
        Self::Start(error)
    }
}

impl From<AcceptError> for ServeError {
    fn from(error: AcceptError) -> Self {
        Self::Accept(error)
    }
}

impl From<ServeError> for io::Error {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Start(error) => error.into(),
            ServeError::Accept(error) => error.into(),
        }
    }
}
