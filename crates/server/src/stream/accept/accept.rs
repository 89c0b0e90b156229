//! The accept loop. It awaits four things: a permit, accept, the back-off, and the stop signal.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use tokio::time::Instant;

use crate::address::SockAddr;
use crate::backoff::Backoff;
use crate::fault::{AcceptError, Judge, Verdict};
use crate::limit::{Limits, Permit};
use crate::log::Digest;
use crate::stop::StopSignal;
use crate::stream::listener::Listener;
use crate::stream::stats::Counters;

/// So many answers of accept in a row, then other tasks have their turn.
const BURST: u32 = 64;

/// What an accept loop goes by.
pub(crate) struct Rules {
    pub(crate) address: SockAddr,
    pub(crate) limits: Limits,
    pub(crate) backoff: Backoff,
    pub(crate) stop: StopSignal,
    pub(crate) counters: Arc<Counters>,
}

/// Accepts until told to stop, or until the listener is finished. The listener is closed when this returns.
pub(crate) async fn accept<L: Listener>(
    mut listener: L,
    mut rules: Rules,
    mut admit: impl FnMut(L::Io, SockAddr, Permit) + Send,
) -> Result<(), AcceptError> {
    let mut judge = Judge::default();
    let mut digest = Digest::default();
    let mut burst = 0;
    let end = loop {
        // Before accept, so that a connection that closes while it fails is not overlooked.
        let freed = rules.limits.freed();
        let mut waited = false;
        let Some((answer, permit)) = next(&mut listener, &rules.limits, &mut rules.stop, &mut waited).await
        else {
            break Ok(());
        };
        burst = if waited { 1 } else { burst + 1 };
        match answer {
            Ok((io, peer)) => {
                judge.accepted();
                rules.backoff.succeeded();
                Counters::count(&rules.counters.accepted);
                admit(io, peer, permit);
            }
            Err(error) => {
                permit.give_back();
                rules.counters.accept_failed(&error);
                let verdict = judge.failed(&error);
                if verdict == Verdict::Fatal {
                    break Err(AcceptError::new(rules.address.clone(), error));
                }
                if let Some(held_back) = digest.note(Instant::now()) {
                    tracing::warn!(address = %rules.address, %error, ?verdict, held_back, "accept failed");
                }
                if verdict == Verdict::BackOff {
                    let delay = rules.backoff.failed();
                    tokio::select! {
                        biased;
                        () = poll_fn(|context| rules.stop.poll_stopped(context)) => {}
                        // With it a file was closed, which may be what accept lacked.
                        () = freed => {}
                        () = tokio::time::sleep(delay) => {}
                    }
                    burst = 0;
                }
            }
        }
        if burst >= BURST {
            burst = 0;
            tokio::task::yield_now().await;
        }
    };
    let held_back = digest.rest();
    if held_back > 0 {
        tracing::warn!(address = %rules.address, held_back, "accept failed more often than the log tells");
    }
    end
}

/// The next answer of accept with the permit for it, or `None` when it is time to stop.
///
/// A permit is held only while accept is asked, not while it waits: else each of several listeners that share a budget
/// would keep one from the others.
async fn next<L: Listener>(
    listener: &mut L,
    limits: &Limits,
    stop: &mut StopSignal,
    waited: &mut bool,
) -> Option<(io::Result<(L::Io, SockAddr)>, Permit)> {
    let mut entrance = limits.entrance();
    let mut accepting = pin!(listener.accept());
    poll_fn(|context| {
        if stop.poll_stopped(context).is_ready() {
            return Poll::Ready(None);
        }
        let Poll::Ready(permit) = entrance.poll_enter(context) else {
            *waited = true;
            return Poll::Pending;
        };
        let Poll::Ready(answer) = accepting.as_mut().poll(context) else {
            *waited = true;
            permit.give_back();
            return Poll::Pending;
        };
        Poll::Ready(Some((answer, permit)))
    })
    .await
}
