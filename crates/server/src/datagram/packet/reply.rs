//! The way back to a peer.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use crate::address::SockAddr;
use crate::datagram::packet::allowance::Allowance;
use crate::datagram::packet::outlet::Outlet;
use crate::datagram::packet::reply_send::ReplySend;

/// Sends datagrams to the peer that a datagram came from, through the socket that it came in by. From
/// [`Packet::replier`](crate::Packet::replier) and [`Session::replier`](crate::Session::replier).
///
/// Cheap to clone, and it may go anywhere: into another task, or into a table of those who want to hear news. **Replies
/// to one peer leave in the order in which they were handed over**, whoever hands them over. (What the network does with
/// them is another matter.)
///
/// It does not keep the server running. When the server is over, it sends nothing any more.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Packet, Reply};
///
/// async fn subscribe(packet: Packet, subscribers: &mut Vec<Reply>) {
///     subscribers.push(packet.replier());
/// }
///
/// async fn publish(news: &'static str, subscribers: &mut Vec<Reply>) {
///     for subscriber in subscribers {
///         if let Err(error) = subscriber.send(news).await {
///             eprintln!("{error}");
///         }
///     }
/// }
/// ```
#[derive(Clone)]
pub struct Reply {
    pub(super) outlet: Arc<Outlet>,
    pub(super) peer: SockAddr,
    pub(super) allowance: Option<Arc<Allowance>>,
}

impl Reply {
    pub(crate) const fn new(outlet: Arc<Outlet>, peer: SockAddr, allowance: Option<Arc<Allowance>>) -> Self {
        Self { outlet, peer, allowance }
    }

    /// To whom it sends.
    #[must_use]
    pub const fn peer(&self) -> &SockAddr {
        &self.peer
    }

    /// The address of the socket by which the peer was heard.
    #[must_use]
    pub fn local_addr(&self) -> &SockAddr {
        self.outlet.local()
    }

    /// Hands over a datagram. While several that came in together are being handled, replies are gathered and
    /// leave together, when the last has been handled or waits; otherwise it is sent at once.
    ///
    /// It waits only if the system takes no more, and 256 replies wait already. What the system says of a reply that was
    /// gathered comes too late for the caller: it is counted in
    /// [`send_errors`](crate::DatagramStats::send_errors), and logged. Use [`send_now`](Self::send_now) to be told.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// When it is too long for a datagram (65,507 bytes to an IPv4 address, 65,527 to IPv6), when the peer has no
    /// address or has not earned it, when the server is over; and what the system says of a reply sent at once.
    /// They concern this one alone.
    #[doc(alias = "sendto")]
    pub fn send(&self, payload: impl Into<Bytes>) -> ReplySend {
        ReplySend::new(self.clone(), payload.into(), false)
    }

    /// Sends a datagram, after all that were handed over before it, and waits until the system has taken it.
    ///
    /// It costs a call of the system of its own, and tells what the system says: that the datagram is too long for the
    /// path (EMSGSIZE), that a queue is full (ENOBUFS), that a firewall forbids it (EPERM).
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send), and what the system says in any case.
    pub fn send_now(&self, payload: impl Into<Bytes>) -> ReplySend {
        ReplySend::new(self.clone(), payload.into(), true)
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("peer", &self.peer).finish_non_exhaustive()
    }
}
