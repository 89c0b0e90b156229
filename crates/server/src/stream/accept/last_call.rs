//! Those whom the system has let in by the time of the stop.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use tokio::task::yield_now;

use crate::address::SockAddr;
use crate::limit::{Limits, Permit, Rank};
use crate::stream::listener::Listener;

/// No more than a backlog holds: a flood that goes on must not keep the listener open.
const MOST: usize = 4096;
/// So many in a row, and the others have their turn.
const BATCH: usize = 64;

/// Accepts who waits in the backlog, as far as there is room: they have been told that they are connected, and may have asked for
/// something; closing the listener resets them. Nobody else is waited for.
pub(super) async fn last_call<L: Listener>(
    listener: &mut L,
    (limits, rank): (&Limits, Rank),
    mut admit: impl FnMut(L::Io, SockAddr, Permit),
) {
    for n in 0..MOST {
        if n % BATCH == 0 {
            // The first time for the reactor, which may not have told of them yet.
            yield_now().await;
        }
        match once(listener, limits, rank).await {
            Some((Ok((io, peer)), permit)) => admit(io, peer, permit),
            // It is one client's, or the listener's, which is closed anyway.
            Some((Err(_), permit)) => permit.give_back(),
            None => return,
        }
    }
}

/// Asks accept once; `None` if there is no room, or nobody there.
async fn once<L: Listener>(
    listener: &mut L,
    limits: &Limits,
    rank: Rank,
) -> Option<(io::Result<(L::Io, SockAddr)>, Permit)> {
    let mut entrance = limits.entrance(rank);
    let mut accepting = pin!(listener.accept());
    poll_fn(|context| {
        let Poll::Ready(Ok(permit)) = entrance.poll_enter(context) else { return Poll::Ready(None) };
        match accepting.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(Some((answer, permit))),
            Poll::Pending => {
                permit.give_back();
                Poll::Ready(None)
            }
        }
    })
    .await
}
