//! What may be wrong with a header.

use std::error::Error;
use std::fmt;
use std::io;

/// What came is no PROXY header, or not one that may be used. As an [`io::Error`] its kind is `InvalidData`.
///
/// The connection cannot be used: without the header nobody knows whose it is. Places are counted in bytes from 0, and
/// no byte that came is quoted.
///
/// # Examples
///
/// ```
/// use greenroom_server::ProxyHeader;
///
/// let error = ProxyHeader::parse(b"GET / HTTP/1.1\r\n").unwrap_err();
/// assert_eq!(error.at(), 0);
/// assert_eq!(
///     error.to_string(),
///     "no PROXY header: the connection begins with something else, as byte 0 shows; \
///      is the sender told to send the header?",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ProxyHeaderError {
    /// No version of the protocol begins so.
    NotProxy {
        /// The first byte that differs.
        at: usize,
    },
    /// It is version 1, and only version 2 is taken here.
    OnlyVersion2,
    /// It begins as a header, and goes on as none.
    Malformed {
        /// The first byte that is wrong, or where the part begins that is wrong as a whole.
        at: usize,
        /// What is wrong there.
        fault: &'static str,
    },
    /// It is longer than may be: in version 1 no end of line has come, in version 2 it says so itself.
    TooLong {
        /// Where that shows.
        at: usize,
        /// The most bytes that a header may have.
        limit: usize,
    },
    /// It was changed on its way, or written by somebody who cannot count.
    WrongChecksum {
        /// Where the checksum stands.
        at: usize,
    },
}

impl ProxyHeaderError {
    pub(super) const fn malformed(at: usize, fault: &'static str) -> Self {
        Self::Malformed { at, fault }
    }

    /// The byte that shows it, counted from 0.
    #[must_use]
    pub const fn at(&self) -> usize {
        match *self {
            Self::OnlyVersion2 => 0,
            Self::NotProxy { at }
            | Self::Malformed { at, .. }
            | Self::TooLong { at, .. }
            | Self::WrongChecksum { at } => at,
        }
    }
}

impl fmt::Display for ProxyHeaderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotProxy { at } => write!(
                f,
                "no PROXY header: the connection begins with something else, as byte {at} shows; \
                 is the sender told to send the header?"
            ),
            Self::OnlyVersion2 => f.write_str(
                "the PROXY header is of version 1, and only version 2 is taken here; let the sender write version 2",
            ),
            Self::Malformed { at, fault } => write!(f, "malformed PROXY header at byte {at}: {fault}"),
            Self::TooLong { at, limit } => {
                write!(f, "PROXY header longer than {limit} bytes, as byte {at} shows")
            }
            Self::WrongChecksum { at } => write!(f, "the checksum of the PROXY header, at byte {at}, is wrong"),
        }
    }
}

impl Error for ProxyHeaderError {}

impl From<ProxyHeaderError> for io::Error {
    fn from(error: ProxyHeaderError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}
