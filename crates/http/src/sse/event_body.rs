//! The body of an answer that goes on.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_core::Stream;
use greenroom_core::Alarm;
use greenroom_server::StopSignal;
use http_body::{Body, Frame};
use pin_project_lite::pin_project;
use tokio::time::Instant;

use crate::sse::SseEvent;

/// So many bytes of events that are there together go in one piece, and one event more.
const TOGETHER: usize = 8 * 1024;
/// An event that says nothing.
const NOTHING: &[u8] = b":\n\n";

pin_project! {
    pub(super) struct EventBody<S> {
        // `None` when it has ended.
        #[pin]
        events: Option<S>,
        keep_alive: Option<Duration>,
        sent: Option<Instant>,
        alarm: Option<Alarm>,
        stop: Option<StopSignal>,
        // Said once the server is stopping.
        farewell: Option<SseEvent>,
    }
}

impl<S> EventBody<S> {
    pub(super) const fn new(
        events: S,
        keep_alive: Option<Duration>,
        stop: Option<StopSignal>,
        farewell: Option<SseEvent>,
    ) -> Self {
        Self { events: Some(events), keep_alive, sent: None, alarm: None, stop, farewell }
    }
}

impl<S: Stream<Item: Into<SseEvent>>> Body for EventBody<S> {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let mut this = self.project();
        let mut piece = BytesMut::new();
        // Asked first: a source that always has something would never be done otherwise.
        if this.events.is_some()
            && this.stop.as_mut().is_some_and(|stop| stop.poll_stopped(context).is_ready())
        {
            this.events.set(None);
            if let Some(event) = this.farewell.take() {
                piece.extend_from_slice(event.lines());
                piece.extend_from_slice(b"\n");
            }
        }
        while piece.len() < TOGETHER {
            let Some(events) = this.events.as_mut().as_pin_mut() else { break };
            match events.poll_next(context) {
                Poll::Pending => break,
                Poll::Ready(None) => this.events.set(None),
                Poll::Ready(Some(event)) => {
                    piece.extend_from_slice(event.into().lines());
                    piece.extend_from_slice(b"\n");
                }
            }
        }
        if piece.is_empty() {
            if this.events.is_none() {
                return Poll::Ready(None);
            }
            let Some(interval) = *this.keep_alive else { return Poll::Pending };
            let now = Instant::now();
            let due = *this.sent.get_or_insert(now) + interval;
            if now < due {
                Alarm::ring_at(this.alarm, due, context);
                return Poll::Pending;
            }
            piece.extend_from_slice(NOTHING);
        }
        if this.keep_alive.is_some() {
            *this.sent = Some(Instant::now());
        }
        Poll::Ready(Some(Ok(Frame::data(piece.freeze()))))
    }
}
