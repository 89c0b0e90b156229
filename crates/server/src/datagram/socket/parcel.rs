//! A datagram on its way out.

use bytes::Bytes;

use crate::address::SockAddr;

/// What to send, and to whom.
#[derive(Debug)]
pub(crate) struct Parcel {
    pub(crate) peer: SockAddr,
    pub(crate) payload: Bytes,
}
