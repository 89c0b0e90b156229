//! One line of text, and what may be wrong with it.

use std::borrow::Borrow;
use std::error::Error;
use std::fmt;
use std::io;
use std::ops::Deref;

use bytes::Bytes;

/// A line as it came, without its end of line. It is owned, and derefs to `str`.
///
/// It is a slice of the chunk it was read in, so keeping one line keeps the chunk; [`Line::into_string`] copies it out.
///
/// # Examples
///
/// ```
/// # use greenroom_server::Connection;
/// # async fn example(mut conn: Connection) -> std::io::Result<()> {
/// while let Some(line) = conn.lines().next().await? {
///     if line.trim().eq_ignore_ascii_case("quit") {
///         break;
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line(Bytes);

impl Line {
    /// The bytes must be UTF-8.
    pub(super) fn from_utf8(bytes: Bytes) -> Result<Self, LineError> {
        match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(Self(bytes)),
            Err(error) => Err(LineError::NotUtf8 { at: error.valid_up_to() }),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Checked when the line was made. Checking again costs a few nanoseconds; not to would cost an unsafe line.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The bytes, still shared with the chunk they were read in.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.0
    }

    /// A copy of the text that keeps nothing else alive.
    #[must_use]
    pub fn into_string(self) -> String {
        self.as_str().to_owned()
    }
}

impl Deref for Line {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<[u8]> for Line {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl AsRef<str> for Line {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl Borrow<str> for Line {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq<str> for Line {
    fn eq(&self, other: &str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl PartialEq<&str> for Line {
    fn eq(&self, other: &&str) -> bool {
        self.0 == other.as_bytes()
    }
}

impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.into_string()
    }
}

impl From<Line> for Bytes {
    fn from(line: Line) -> Self {
        line.into_bytes()
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

/// What a client sent is no line of text. As an [`io::Error`] its kind is `InvalidData`.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, LineError};
///
/// async fn serve(mut conn: Connection) -> std::io::Result<()> {
///     loop {
///         match conn.lines().next().await {
///             Ok(Some(line)) => conn.send_line(line).await?,
///             Ok(None) => return Ok(()),
///             Err(error) => match error.get_ref().and_then(|inner| inner.downcast_ref()) {
///                 Some(LineError::NotUtf8 { .. }) => conn.send_line("that was no text").await?,
///                 _ => return Err(error),
///             },
///         }
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LineError {
    /// No end of line came within the limit. The framing is lost: reading on gives this error again.
    TooLong {
        /// The most bytes a line may have, its end not counted.
        limit: usize,
    },
    /// The line is not UTF-8. It is consumed: reading on gives the line after it.
    NotUtf8 {
        /// Where in the line the first bad byte is, counted from 0.
        at: usize,
    },
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { limit } => write!(f, "line longer than {limit} bytes"),
            Self::NotUtf8 { at } => write!(f, "line is not valid UTF-8 at byte {at}"),
        }
    }
}

impl Error for LineError {}

impl From<LineError> for io::Error {
    fn from(error: LineError) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}
