//! Why a socket could not be bound.

use std::error::Error;
use std::fmt;
use std::io;

/// A socket could not be bound. It names the address, and says what to do where that is known.
pub struct BindError {
    address: String,
    place: Place,
    source: io::Error,
}

/// What was to be bound: the same error of the system means something else in each.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// A name that has no address.
    Name,
    Tcp,
    #[cfg_attr(not(unix), expect(dead_code, reason = "there are none"))]
    Unix,
    /// A socket that somebody else has made.
    Given,
}

impl BindError {
    pub(super) const fn new(place: Place, address: String, source: io::Error) -> Self {
        Self { address, place, source }
    }

    /// The socket was handed over, and is none to accept from.
    pub(crate) fn given(source: io::Error) -> Self {
        Self::new(Place::Given, "the given socket".to_owned(), source)
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
        Some(match (self.place, self.source.kind()) {
            (Place::Given, _) => "expected a socket of TCP or of Unix streams that is open and listens",
            (Place::Name, _) => {
                "the name has no address; write an address such as 127.0.0.1, or check the spelling"
            }
            (Place::Tcp, io::ErrorKind::AddrInUse) => {
                "another process listens there, or this one twice; choose another port, or 0 for a free one"
            }
            (Place::Tcp, io::ErrorKind::PermissionDenied) => {
                "ports below 1024 need privileges; choose a higher one, or grant CAP_NET_BIND_SERVICE"
            }
            (Place::Tcp, io::ErrorKind::AddrNotAvailable) => {
                "no interface of this machine has the address; write ':port' for every interface"
            }
            (Place::Unix, io::ErrorKind::AddrInUse) => {
                "another process listens there, or this one twice; stop it, or choose another path"
            }
            (Place::Unix, io::ErrorKind::AlreadyExists) => {
                "only a socket that nobody listens on is replaced; remove what is there, or choose another path"
            }
            (Place::Unix, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                "its directory does not exist; create it first"
            }
            (Place::Unix, io::ErrorKind::PermissionDenied) => {
                "this process must be allowed to read and write its directory, and a socket that is there"
            }
            (Place::Unix, io::ErrorKind::ResourceBusy) => {
                "another process has locked its directory, as servers do for a moment while they bind"
            }
            _ => return None,
        })
    }
}

debug_as_display!(BindError);

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

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn each_error_says_what_to_do() {
        let table = [
            (Place::Tcp, libc::EADDRINUSE, "choose another port"),
            (Place::Tcp, libc::EACCES, "ports below 1024 need privileges"),
            (Place::Tcp, libc::EADDRNOTAVAIL, "no interface of this machine has the address"),
            (Place::Unix, libc::EADDRINUSE, "choose another path"),
            (Place::Unix, libc::EACCES, "allowed to read and write its directory"),
            (Place::Unix, libc::ENOENT, "create it first"),
            (Place::Unix, libc::ENOTDIR, "create it first"),
            (Place::Given, libc::EBADF, "expected a socket of TCP or of Unix streams"),
            (Place::Given, libc::ENOTSOCK, "expected a socket of TCP or of Unix streams"),
        ];
        for (place, errno, advice) in table {
            let error = BindError::new(place, "there".to_owned(), io::Error::from_raw_os_error(errno));
            let said = error.to_string();
            assert!(said.starts_with("cannot listen on there: ") && said.contains(advice), "{said}");
        }
    }
}
