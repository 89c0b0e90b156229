//! Why nothing is connected.

use std::error::Error;
use std::fmt;
use std::io;
use std::time::Duration;

use crate::address::{AddressError, SockAddr};

/// No connection came about. It names each address that was tried, and what it failed with.
///
/// Displayed it is one line: `cannot connect to localhost:7000: [::1]:7000: Connection refused (os error 111); 127.0.0.1:7000: …`.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::io::ErrorKind;
/// use greenroom_server::connect;
///
/// let error = connect("example.org").await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidInput);
/// assert!(error.to_string().contains("the port is missing"));
/// # }
/// ```
pub struct ConnectError {
    address: String,
    cause: Cause,
    attempts: Vec<(SockAddr, io::Error)>,
}

#[derive(Debug)]
enum Cause {
    /// The text names nothing.
    Address(AddressError),
    /// It is a socket that listens.
    Listener,
    /// The name has no address.
    Lookup(io::Error),
    /// Every attempt failed.
    Attempts,
    /// Time was up.
    Deadline(Duration),
}

impl ConnectError {
    pub(super) fn address_error(error: AddressError) -> Self {
        Self { address: error.written().to_owned(), cause: Cause::Address(error), attempts: Vec::new() }
    }

    pub(super) const fn listener(address: String) -> Self {
        Self { address, cause: Cause::Listener, attempts: Vec::new() }
    }

    pub(super) const fn lookup(address: String, error: io::Error) -> Self {
        Self { address, cause: Cause::Lookup(error), attempts: Vec::new() }
    }

    pub(super) const fn refused(address: String, attempts: Vec<(SockAddr, io::Error)>) -> Self {
        Self { address, cause: Cause::Attempts, attempts }
    }

    pub(super) const fn deadline(
        address: String,
        limit: Duration,
        attempts: Vec<(SockAddr, io::Error)>,
    ) -> Self {
        Self { address, cause: Cause::Deadline(limit), attempts }
    }

    /// The address as it was asked for.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What was tried, and what it failed with, in the order in which it failed.
    #[must_use]
    pub fn attempts(&self) -> impl ExactSizeIterator<Item = (&SockAddr, &io::Error)> {
        self.attempts.iter().map(|(address, error)| (address, error))
    }

    /// What kind of error it is: `TimedOut` when time was up, else that of the last attempt.
    #[must_use]
    pub fn kind(&self) -> io::ErrorKind {
        match &self.cause {
            Cause::Address(_) | Cause::Listener => io::ErrorKind::InvalidInput,
            Cause::Lookup(error) => error.kind(),
            Cause::Deadline(_) => io::ErrorKind::TimedOut,
            Cause::Attempts => self.attempts.last().map_or(io::ErrorKind::Other, |(_, error)| error.kind()),
        }
    }
}

debug_as_display!(ConnectError);

impl fmt::Display for ConnectError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = &self.address;
        match &self.cause {
            Cause::Address(error) => return write!(f, "cannot connect: {error}"),
            Cause::Listener => return write!(f, "cannot connect to {address}: it listens itself"),
            Cause::Lookup(error) => {
                return write!(
                    f,
                    "cannot connect to {address}: {error} (the name has no address; check the spelling)"
                );
            }
            Cause::Attempts => write!(f, "cannot connect to {address}")?,
            Cause::Deadline(limit) => write!(f, "cannot connect to {address} within {limit:?}")?,
        }
        for (number, (tried, error)) in self.attempts.iter().enumerate() {
            f.write_str(if number == 0 { ": " } else { "; " })?;
            if self.attempts.len() > 1 || tried.to_string() != *address {
                write!(f, "{tried}: ")?;
            }
            error.fmt(f)?;
        }
        Ok(())
    }
}

impl Error for ConnectError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.cause {
            Cause::Address(error) => Some(error),
            Cause::Lookup(error) => Some(error),
            Cause::Listener => None,
            Cause::Attempts | Cause::Deadline(_) => {
                self.attempts.last().map(|(_, error)| error as &(dyn Error + 'static))
            }
        }
    }
}

impl From<ConnectError> for io::Error {
    fn from(error: ConnectError) -> Self {
        Self::new(error.kind(), error)
    }
}
