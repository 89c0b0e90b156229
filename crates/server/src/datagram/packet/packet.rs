//! A datagram that came in.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

use crate::address::SockAddr;
use crate::datagram::packet::reply::Reply;
use crate::datagram::packet::reply_send::ReplySend;

/// A datagram: its bytes, whom they came from, and the way back.
///
/// It is owned, may be kept and sent elsewhere, and derefs to its bytes. It may have none: an empty datagram is one like
/// any other. Small payloads share memory with their neighbours; copy those that are kept for long.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Packet, ReplyError};
///
/// async fn shout(packet: Packet) -> Result<(), ReplyError> {
///     println!("{} bytes from {}", packet.len(), packet.peer());
///     packet.reply(packet.to_ascii_uppercase()).await
/// }
/// ```
pub struct Packet {
    payload: Bytes,
    reply: Reply,
    truncated: bool,
}

impl Packet {
    pub(crate) const fn new(payload: Bytes, reply: Reply, truncated: bool) -> Self {
        Self { payload, reply, truncated }
    }

    /// Its bytes. Cloning them copies nothing.
    #[must_use]
    pub const fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// Its bytes, without the rest.
    #[must_use]
    pub fn into_payload(self) -> Bytes {
        self.payload
    }

    /// Whom it came from.
    #[must_use]
    pub const fn peer(&self) -> &SockAddr {
        &self.reply.peer
    }

    /// The address of the socket that it came in by.
    #[must_use]
    pub fn local_addr(&self) -> &SockAddr {
        self.reply.local_addr()
    }

    /// Whether it was longer than the longest that is wanted, and is cut to that. Such datagrams are dropped unless
    /// [`keep_truncated`](crate::DatagramServer::keep_truncated) asks for them.
    #[must_use]
    pub const fn is_truncated(&self) -> bool {
        self.truncated
    }

    /// Hands over a reply: short for [`Reply::send`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// As [`Reply::send`].
    #[doc(alias = "sendto")]
    pub fn reply(&self, payload: impl Into<Bytes>) -> ReplySend {
        self.reply.send(payload)
    }

    /// Sends a reply and waits until the system has taken it: short for [`Reply::send_now`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// As [`Reply::send_now`].
    pub fn reply_now(&self, payload: impl Into<Bytes>) -> ReplySend {
        self.reply.send_now(payload)
    }

    /// The way back, to be kept or cloned.
    #[must_use]
    pub fn replier(&self) -> Reply {
        self.reply.clone()
    }
}

impl Deref for Packet {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.payload
    }
}

impl From<Packet> for Bytes {
    fn from(packet: Packet) -> Self {
        packet.payload
    }
}

/// Without the bytes, which may be secret.
impl fmt::Debug for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Packet")
            .field("peer", self.peer())
            .field("bytes", &self.payload.len())
            .field("truncated", &self.truncated)
            .finish_non_exhaustive()
    }
}
