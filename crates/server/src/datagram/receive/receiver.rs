//! What a socket is received from by. It awaits three things: the socket, the back-off, and the stop signal.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::Instant;

use crate::address::SockAddr;
use crate::backoff::Backoff;
use crate::datagram::packet::Outlet;
use crate::datagram::socket::{Inbox, Socket};
use crate::datagram::stats::Counters;
use crate::fault::{AcceptError, Classes, ErrorClass, Judge};
use crate::log::Digest;
use crate::stop::StopSignal;

/// So many datagrams in a row, then other tasks have their turn.
const BURST: usize = 64;
/// So many errors in a row are believed to be ICMP's; more mean that something else is wrong.
const BELIEVED: u32 = 100;

/// The receiving side of a socket.
pub(crate) struct Receiver {
    pub(crate) inbox: Inbox,
    pub(crate) outlet: Arc<Outlet>,
    pub(crate) counters: Arc<Counters>,
    socket: Arc<Socket>,
    stop: StopSignal,
    judge: Judge,
    backoff: Backoff,
    digest: Digest,
    burst: usize,
}

impl Receiver {
    pub(crate) fn new(
        socket: Arc<Socket>,
        outlet: Arc<Outlet>,
        inbox: Inbox,
        backoff: Backoff,
        stop: StopSignal,
        counters: Arc<Counters>,
    ) -> Self {
        let (judge, digest) = (Judge::new(Classes::default(), BELIEVED), Digest::default());
        Self { inbox, outlet, counters, socket, stop, judge, backoff, digest, burst: 0 }
    }

    pub(crate) fn address(&self) -> &SockAddr {
        self.outlet.local()
    }

    pub(crate) const fn stop(&mut self) -> &mut StopSignal {
        &mut self.stop
    }

    /// Waits until there is something in the inbox, which must be empty: `true`; or until it is time to stop.
    pub(crate) async fn batch(&mut self) -> Result<bool, AcceptError> {
        loop {
            if self.burst >= BURST {
                self.burst = 0;
                tokio::task::yield_now().await;
            }
            match self.receive().await {
                None => return Ok(false),
                Some(Ok(())) => {
                    self.judge.accepted();
                    self.backoff.succeeded();
                    self.burst += self.inbox.len();
                    Counters::add(&self.counters.received, self.inbox.len());
                    return Ok(true);
                }
                Some(Err(error)) => self.failed(error).await?,
            }
        }
    }

    /// `None`: it is time to stop.
    async fn receive(&mut self) -> Option<io::Result<()>> {
        let Self { socket, stop, inbox, burst, .. } = self;
        poll_fn(|context| {
            if stop.poll_stopped(context).is_ready() {
                return Poll::Ready(None);
            }
            let answer = socket.poll_receive(context, inbox);
            if answer.is_pending() {
                *burst = 0;
            }
            answer.map(Some)
        })
        .await
    }

    /// An error of receiving says nothing of a datagram: mostly it is what ICMP says of one that was sent.
    async fn failed(&mut self, error: io::Error) -> Result<(), AcceptError> {
        self.counters.receive_failed(&error);
        let class = self.judge.failed(&error);
        if class == ErrorClass::Fatal {
            return Err(AcceptError::new(self.address().clone(), error));
        }
        let (address, now) = (self.outlet.local(), Instant::now());
        if self.digest.note(error.raw_os_error().unwrap_or(0), now) {
            tracing::warn!(%address, %error, ?class, "receiving failed");
        } else if let Some(errors) = self.digest.summary(now) {
            tracing::warn!(%address, %errors, "receiving failed again since the last line");
        }
        self.burst += 1;
        if class == ErrorClass::BackOff {
            let delay = self.backoff.failed();
            tokio::select! {
                biased;
                () = poll_fn(|context| self.stop.poll_stopped(context)) => {}
                () = tokio::time::sleep(delay) => {}
            }
        }
        Ok(())
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Some(errors) = self.digest.rest() {
            let address = self.outlet.local();
            tracing::warn!(%address, %errors, "receiving failed again since the last line");
        }
        // Whatever was gathered for a batch that nobody will finish.
        self.outlet.release();
    }
}
