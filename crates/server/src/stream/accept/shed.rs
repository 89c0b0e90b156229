//! Out of files, a client is taken into the room that the spare file leaves, and sent home.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::pin;
use std::task::Poll;

use tokio::time::Instant;

use crate::reserve::Reserve;
use crate::stream::accept::goodbye::goodbye;
use crate::stream::listener::Listener;

/// What became of an attempt.
pub(super) enum Shed {
    /// A client was sent home.
    One,
    /// There is none: accept has noticed meanwhile.
    Nobody,
    /// Accept failed again: whoever was quicker has the room.
    Failed(io::Error),
    /// The spare file is not there, or it has been lent too often in this second.
    No,
}

/// Tries it once. The spare file is back when this returns, or will be at the next occasion.
pub(super) async fn shed<L: Listener>(listener: &mut L, reserve: &Reserve, most_per_second: u32) -> Shed {
    let Some(_loan) = reserve.lend(most_per_second, Instant::now()) else { return Shed::No };
    let answer = {
        let mut accepting = pin!(listener.accept());
        // Once only. Linux says EMFILE before it looks whether somebody waits, and nobody may be kept waiting on loan.
        poll_fn(|context| Poll::Ready(accepting.as_mut().poll(context))).await
    };
    match answer {
        Poll::Ready(Ok((io, _peer))) => {
            goodbye(io).await;
            Shed::One
        }
        Poll::Ready(Err(error)) => Shed::Failed(error),
        Poll::Pending => Shed::Nobody,
    }
}
