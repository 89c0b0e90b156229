//! How far a header has come.

use crate::proxy::error::ProxyHeaderError;
use crate::proxy::header::ProxyHeader;

/// What the bytes that have come so far are: a header, or the beginning of one.
///
/// # Examples
///
/// ```
/// use greenroom_server::{ProxyHeader, ProxyParsed};
///
/// let parsed = ProxyHeader::parse(b"PROXY UNKNO")?;
/// assert!(matches!(parsed, ProxyParsed::NeedMore { at_least: 4 }), "what is missing is \"WN\\r\\n\"");
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "who reads a header must handle both; there is no third")]
pub enum ProxyParsed {
    /// All of it is right so far, and it is not whole. Read on, and parse again from the first byte.
    NeedMore {
        /// So many bytes are missing, or more. The header ends no earlier, so who reads no more than that takes
        /// nothing of what comes after it.
        at_least: usize,
    },
    /// The whole header.
    Done {
        /// What it says.
        header: ProxyHeader,
        /// So many bytes it has; what comes after them is the connection's.
        consumed: usize,
    },
}

/// Why a reader stops before it has a header.
#[derive(Debug)]
pub(super) enum Halt {
    /// At least so many bytes are missing.
    More(usize),
    Fault(ProxyHeaderError),
}

impl Halt {
    pub(super) const fn malformed(at: usize, fault: &'static str) -> Self {
        Self::Fault(ProxyHeaderError::malformed(at, fault))
    }
}
