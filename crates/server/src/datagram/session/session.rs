//! A peer, as its handler sees it.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;

use crate::address::SockAddr;
use crate::datagram::packet::{Packet, Reply, ReplySend};
use crate::datagram::session::cell::Cell;
use crate::datagram::stats::Counters;
use crate::stop::StopSignal;

/// All that one peer sends, one datagram after the other, for as long as it sends.
///
/// It has a queue of its own, so that a slow handler loses its own datagrams and nobody else's. It is over when nothing
/// has come for too long (60 s), when the server stops, or when the handler returns; if the peer sends again
/// after that, a new one begins.
///
/// Only what comes in counts for that: a session that is only sent to expires.
///
/// # Examples
///
/// ```
/// use greenroom_server::{DatagramServer, ReplyError, Session, Sessions};
///
/// async fn count(mut session: Session) -> Result<(), ReplyError> {
///     let mut n = 0;
///     while let Some(packet) = session.recv().await {
///         n += 1;
///         packet.reply(format!("{n}: {} bytes", packet.len())).await?;
///     }
///     Ok(())
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = DatagramServer::bind("127.0.0.1:0").sessions(Sessions::new()).start(count).await?;
///
/// let client = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
/// client.connect(server.local_addrs()[0].to_string()).await?;
/// let mut buffer = [0; 100];
/// for expected in ["1: 3 bytes", "2: 3 bytes"] {
///     client.send(b"abc").await?;
///     let n = client.recv(&mut buffer).await?;
///     assert_eq!(&buffer[..n], expected.as_bytes());
/// }
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
pub struct Session {
    cell: Arc<Cell>,
    stop: StopSignal,
    counters: Arc<Counters>,
}

impl Session {
    pub(super) const fn new(cell: Arc<Cell>, stop: StopSignal, counters: Arc<Counters>) -> Self {
        Self { cell, stop, counters }
    }

    /// The next datagram, in the order in which they came in. `None` when the session is over, and all that had come in
    /// has been read. **Stopping is the end of the session**: a handler that reads until `None` drains by itself.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    pub async fn recv(&mut self) -> Option<Packet> {
        poll_fn(|context| self.poll_recv(context)).await
    }

    /// Polls for what [`recv`](Self::recv) waits for.
    pub fn poll_recv(&mut self, context: &mut Context<'_>) -> Poll<Option<Packet>> {
        let stopping = self.stop.poll_stopped(context).is_ready();
        self.cell.poll_pop(context, stopping)
    }

    /// Hands over a datagram to the peer: short for [`Reply::send`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// As [`Reply::send`].
    #[doc(alias = "sendto")]
    pub fn send(&self, payload: impl Into<Bytes>) -> ReplySend {
        self.cell.reply.send(payload)
    }

    /// Sends a datagram to the peer and waits until the system has taken it: short for [`Reply::send_now`].
    ///
    /// # Cancel safety
    ///
    /// Dropped before it resolves, the future sends nothing.
    ///
    /// # Errors
    ///
    /// As [`Reply::send_now`].
    pub fn send_now(&self, payload: impl Into<Bytes>) -> ReplySend {
        self.cell.reply.send_now(payload)
    }

    /// The way to the peer, to be kept or cloned. It outlives the session.
    #[must_use]
    pub fn replier(&self) -> Reply {
        self.cell.reply.clone()
    }

    /// The peer's address.
    #[must_use]
    pub fn peer(&self) -> &SockAddr {
        self.cell.reply.peer()
    }

    /// The address of the socket that it sends to.
    #[must_use]
    pub fn local_addr(&self) -> &SockAddr {
        self.cell.reply.local_addr()
    }

    /// Datagrams that have come in and were not read yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.cell.waiting()
    }

    /// Tells when the server stops, for handlers that do not only wait for datagrams.
    #[must_use]
    pub fn stop_signal(&self) -> StopSignal {
        self.stop.clone()
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let unread = self.cell.abandon();
        if unread > 0 {
            Counters::add(&self.counters.dropped_unread, unread);
        }
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("peer", self.peer())
            .field("waiting", &self.waiting())
            .finish_non_exhaustive()
    }
}
