//! What an accept loop waits for: a permit and an accept, or a word that it is time for something else.

use std::future::{Future, pending, poll_fn};
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use greenroom_core::PoolClosed;
use tokio::sync::futures::Notified;
use tokio::time::{Instant, sleep, sleep_until};

use crate::address::SockAddr;
use crate::limit::{Limits, Permit, Rank, Shedding};
use crate::pause::Pause;
use crate::stop::StopSignal;
use crate::stream::listener::Listener;

/// What a loop hears while it waits for something else.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) stop: StopSignal,
    pub(super) pause: Arc<Pause>,
}

pub(super) enum Next<I> {
    /// Accept has answered; this is the permit that was taken for it. Without one, the server has been full for so long that
    /// whoever comes is sent home.
    Answer(io::Result<(I, SockAddr)>, Option<Permit>),
    /// There will be no permit any more.
    Closed(PoolClosed<()>),
    Stop,
    Pause,
    /// There is a summary to write.
    Due,
}

/// The next answer of accept with the permit for it, unless something else comes first.
///
/// A permit is held only while accept is asked, not while it waits: else each of several listeners that share a budget
/// would keep one from the others. When this returns without a permit, its place in the line is free.
pub(super) async fn next<L: Listener>(
    listener: &mut L,
    (limits, rank): (&Limits, Rank),
    shedding: &mut Shedding,
    words: &mut Words,
    due: Option<Instant>,
    waited: &mut bool,
) -> Next<L::Io> {
    let mut entrance = limits.entrance(rank);
    let mut accepting = pin!(listener.accept());
    let mut asked = |context: &mut Context<'_>| {
        let permit = match entrance.poll_enter(context) {
            Poll::Ready(Ok(permit)) => {
                shedding.had_room();
                permit
            }
            Poll::Ready(Err(closed)) => return Poll::Ready(Next::Closed(closed)),
            Poll::Pending => {
                ready!(shedding.poll_due(context));
                return accepting.as_mut().poll(context).map(|answer| Next::Answer(answer, None));
            }
        };
        let Poll::Ready(answer) = accepting.as_mut().poll(context) else {
            permit.give_back();
            return Poll::Pending;
        };
        Poll::Ready(Next::Answer(answer, Some(permit)))
    };
    let Words { stop, pause } = words;
    let (mut pausing, mut due) = (pin!(pause.begun()), pin!(moment(due)));
    poll_fn(|context| {
        if stop.poll_stopped(context).is_ready() {
            return Poll::Ready(Next::Stop);
        }
        if pause.is_on() {
            return Poll::Ready(Next::Pause);
        }
        let asked = asked(context);
        if asked.is_ready() {
            return asked;
        }
        *waited = true;
        // Only who waits needs to be woken by these.
        if pausing.as_mut().poll(context).is_ready() {
            return Poll::Ready(Next::Pause);
        }
        due.as_mut().poll(context).map(|()| Next::Due)
    })
    .await
}

impl Words {
    /// Waits out a back-off, or what ends it early.
    pub(super) async fn back_off(&mut self, delay: Duration, freed: Notified<'_>) {
        tokio::select! {
            biased;
            () = poll_fn(|context| self.stop.poll_stopped(context)) => {}
            () = self.pause.begun() => {}
            // Lifted again before this was looked at: whoever resumes wants it asked anew.
            () = self.pause.touched() => {}
            // With it a file was closed, which may be what accept lacked.
            () = freed => {}
            () = sleep(delay) => {}
        }
    }

    /// Waits until the pause is lifted, it is time to stop, or something is due.
    pub(super) async fn rest(&mut self, due: Option<Instant>) {
        tokio::select! {
            biased;
            () = poll_fn(|context| self.stop.poll_stopped(context)) => {}
            () = self.pause.lifted() => {}
            () = moment(due) => {}
        }
    }
}

/// Never, for no time at all.
async fn moment(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
