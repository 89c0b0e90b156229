//! Bytes in, a header out.

use crate::proxy::error::ProxyHeaderError;
use crate::proxy::header::ProxyHeader;
use crate::proxy::parsed::{Halt, ProxyParsed};
use crate::proxy::{v1, v2};

/// The most bytes a header may have, unless it is said otherwise.
pub(super) const DEFAULT_MAX_BYTES: usize = 4096;

impl ProxyHeader {
    /// Reads a header of version 1 or 2 from the beginning of what has come on a connection.
    ///
    /// It is strict: what the specification does not allow is refused, at the first byte that shows it, so nobody waits
    /// for the rest of what is no header. However the bytes come in pieces, the answer is the same in the end. A header
    /// of version 1 has at most 107 bytes, one of version 2 at most 4 KiB; [`ProxyProtocol`](crate::ProxyProtocol) knows
    /// other limits.
    ///
    /// Taken, as the specification has it: a LOCAL header, whatever else is in it, and one of an unspecified family
    /// or transport, whose addresses are passed over.
    ///
    /// # Errors
    ///
    /// When the bytes are no PROXY header, and no more of them could make them one.
    pub fn parse(bytes: &[u8]) -> Result<ProxyParsed, ProxyHeaderError> {
        read(bytes, DEFAULT_MAX_BYTES, false)
    }
}

/// A header with at most `limit` bytes, or of version 2 alone.
pub(super) fn read(bytes: &[u8], limit: usize, only_v2: bool) -> Result<ProxyParsed, ProxyHeaderError> {
    let read = match bytes.first() {
        Some(b'P') if only_v2 => return Err(ProxyHeaderError::OnlyVersion2),
        Some(b'P') => v1::read(bytes, limit),
        // The shortest of version 1 is shorter than any of version 2.
        None if !only_v2 => v1::read(bytes, limit),
        _ => v2::read(bytes, limit),
    };
    match read {
        Ok((header, consumed)) => Ok(ProxyParsed::Done { header, consumed }),
        Err(Halt::More(at_least)) => Ok(ProxyParsed::NeedMore { at_least }),
        Err(Halt::Fault(error)) => Err(error),
    }
}
