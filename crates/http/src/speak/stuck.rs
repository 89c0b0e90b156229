//! A stream of HTTP/2 whose client takes nothing.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use greenroom_core::Alarm;
use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::life::StreamBeat;

pin_project! {
    /// The engine's own future of a stream. It ends, and resets the stream, when the client takes nothing for too long.
    pub(crate) struct Stuck<F> {
        #[pin]
        stream: F,
        beat: Option<Arc<StreamBeat>>,
        limit: Duration,
        since: Option<(u64, Instant)>,
        alarm: Option<Alarm>,
    }
}

impl<F> Stuck<F> {
    pub(crate) const fn new(stream: F, beat: Option<Arc<StreamBeat>>, limit: Duration) -> Self {
        Self { stream, beat, limit, since: None, alarm: None }
    }
}

impl<F: Future> Future for Stuck<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let this = self.project();
        if this.stream.poll(context).is_ready() {
            return Poll::Ready(());
        }
        let Some(beat) = this.beat.as_ref().filter(|beat| beat.is_waiting()) else { return Poll::Pending };
        let (count, now) = (beat.count(), Instant::now());
        let since = match *this.since {
            Some((seen, since)) if seen == count => since,
            _ => {
                *this.since = Some((count, now));
                now
            }
        };
        let Some(due) = since.checked_add(*this.limit) else { return Poll::Pending };
        if now >= due {
            tracing::debug!("a stream is reset: its client takes nothing");
            return Poll::Ready(());
        }
        Alarm::ring_at(this.alarm, due, context);
        Poll::Pending
    }
}
