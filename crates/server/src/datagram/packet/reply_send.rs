//! Handing over a reply.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use crate::address::SockAddr;
use crate::datagram::packet::outlet::Put;
use crate::datagram::packet::reply::Reply;
use crate::datagram::packet::reply_error::{Fault, ReplyError};
use crate::datagram::socket::{Parcel, Socket};
use crate::datagram::stats::Counters;

/// What IPv4's lengths leave for a payload: 65,535 less 20 and 8 of headers.
const LONGEST_V4: usize = 65_507;
/// The same for IPv6, whose length does not count its own header.
const LONGEST_V6: usize = 65_527;

/// Hands over a reply. From [`Reply::send`], [`Reply::send_now`], and the methods of [`Packet`](crate::Packet) and
/// [`Session`](crate::Session) that do the same.
///
/// # Cancel safety
///
/// Dropped before it resolves, it sends nothing.
#[must_use = "futures do nothing unless awaited"]
pub struct ReplySend {
    reply: Reply,
    /// Taken at the end.
    payload: Option<Bytes>,
    now: bool,
    admitted: bool,
    room: Option<Room>,
}

type Room = Pin<Box<dyn Future<Output = io::Result<()>> + Send + Sync>>;

impl ReplySend {
    pub(super) const fn new(reply: Reply, payload: Bytes, now: bool) -> Self {
        Self { reply, payload: Some(payload), now, admitted: false, room: None }
    }

    /// What can be said before the system is asked.
    fn admit(&self, payload: &Bytes) -> Result<(), Fault> {
        let Reply { peer, allowance, outlet } = &self.reply;
        match longest(peer) {
            _ if matches!(peer, SockAddr::Unix(None)) => return Err(Fault::NoAddress),
            Some(longest) if payload.len() > longest => {
                return Err(Fault::TooLong { longest });
            }
            _ => {}
        }
        if allowance.as_ref().is_some_and(|allowance| !allowance.spend(payload.len())) {
            Counters::count(&outlet.counters().replies_over_ratio);
            return Err(Fault::OverRatio);
        }
        Ok(())
    }
}

impl Future for ReplySend {
    type Output = Result<(), ReplyError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let waited = match &mut this.room {
                Some(room) => ready!(room.as_mut().poll(context)),
                None => Ok(()),
            };
            this.room = None;
            let Some(payload) = this.payload.take() else {
                panic!("`ReplySend` polled after it has resolved")
            };
            let admitted = match waited {
                Err(error) => Err(Fault::System(error)),
                Ok(()) if this.admitted => Ok(()),
                Ok(()) => this.admit(&payload),
            };
            let peer = this.reply.peer.clone();
            if let Err(fault) = admitted {
                return Poll::Ready(Err(ReplyError::new(peer, payload, fault)));
            }
            this.admitted = true;
            let (fault, parcel) = match this.reply.outlet.put(Parcel { peer, payload }, this.now) {
                Put::Sent(parcel) => {
                    drop(parcel);
                    return Poll::Ready(Ok(()));
                }
                Put::Kept => return Poll::Ready(Ok(())),
                Put::Full(socket, Parcel { payload, .. }) => {
                    this.payload = Some(payload);
                    this.room = Some(Box::pin(room(socket)));
                    continue;
                }
                Put::Closed(parcel) => (Fault::Over, parcel),
                Put::Failed(error, parcel) => (Fault::System(error), parcel),
            };
            return Poll::Ready(Err(ReplyError::new(parcel.peer, parcel.payload, fault)));
        }
    }
}

async fn room(socket: Arc<Socket>) -> io::Result<()> {
    socket.writable().await
}

/// The most bytes that a datagram to this peer can have, where that is known beforehand.
fn longest(peer: &SockAddr) -> Option<usize> {
    match peer.as_socket()? {
        SocketAddr::V4(_) => Some(LONGEST_V4),
        SocketAddr::V6(_) => Some(LONGEST_V6),
    }
}

impl fmt::Debug for ReplySend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplySend")
            .field("peer", &self.reply.peer)
            .field("bytes", &self.payload.as_ref().map(Bytes::len))
            .finish_non_exhaustive()
    }
}
