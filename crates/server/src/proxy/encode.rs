//! A header in, bytes out.

use crate::proxy::encode_error::ProxyEncodeError;
use crate::proxy::header::ProxyHeader;
use crate::proxy::{v1, v2};

impl ProxyHeader {
    /// The bytes of this header, in its [version](Self::version). They are to be the first on the connection, sent
    /// at once.
    ///
    /// A header that was parsed need not come out byte for byte: padding, and what its reader ignores, are not kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match self.version {
            // What is of version 1 can be said in it.
            1 => v1::write(self).unwrap_or_else(|_| v2::write(self)),
            _ => v2::write(self),
        }
    }

    /// The header as a line of version 1. A local one becomes `UNKNOWN`, which asks the same of its reader: to use the
    /// connection's own addresses.
    ///
    /// # Errors
    ///
    /// When it says what version 1 cannot: Unix sockets, datagrams, fields, a checksum.
    pub fn to_v1(&self) -> Result<Vec<u8>, ProxyEncodeError> {
        v1::write(self)
    }

    /// The header in version 2.
    #[must_use]
    pub fn to_v2(&self) -> Vec<u8> {
        v2::write(self)
    }
}
