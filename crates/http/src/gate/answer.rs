//! An answer's body on its way to the engine.

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use greenroom_server::Escaped;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use crate::access_log::LogLine;
use crate::life::{Flight, StreamBeat};

/// Under HTTP/2, so many bytes are handed to the engine at once: a client that takes nothing is known by not taking the next.
const PART: usize = 16 * 1024;

pin_project! {
    /// The service's body, or the words of a refusal, or nothing. With it ends the flight.
    pub(crate) struct Answer<B> {
        #[pin]
        body: Option<B>,
        words: Option<Bytes>,
        // Of a piece that is too large to be handed on at once.
        rest: Bytes,
        beat: Option<Arc<StreamBeat>>,
        // Written when the answer is over.
        line: Option<Box<LogLine>>,
        flight: Flight,
    }
}

impl<B> Answer<B> {
    pub(super) const fn served(
        body: B,
        beat: Option<Arc<StreamBeat>>,
        line: Option<Box<LogLine>>,
        flight: Flight,
    ) -> Self {
        Self { body: Some(body), words: None, rest: Bytes::new(), beat, line, flight }
    }

    /// To a `HEAD`, where the engine would send whatever body there is.
    pub(super) const fn without_body(line: Option<Box<LogLine>>, flight: Flight) -> Self {
        Self { body: None, words: None, beat: None, line, rest: Bytes::new(), flight }
    }

    pub(super) const fn refused(words: Bytes, line: Option<Box<LogLine>>, flight: Flight) -> Self {
        Self { body: None, words: Some(words), rest: Bytes::new(), beat: None, line, flight }
    }
}

impl<B> Body for Answer<B>
where
    B: Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>,
{
    type Data = Bytes;
    type Error = Box<dyn Error + Send + Sync>;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = self.project();
        let Some(body) = this.body.as_pin_mut() else {
            let words = this.words.take();
            if let (Some(words), Some(line)) = (&words, this.line) {
                line.sent(words.len());
            }
            return Poll::Ready(words.map(|words| Ok(Frame::data(words))));
        };
        if let Some(beat) = this.beat {
            beat.asked();
        }
        let mut poll = if this.rest.is_empty() {
            body.poll_frame(context)
        } else {
            Poll::Ready(Some(Ok(Frame::data(std::mem::take(this.rest)))))
        };
        if let (Poll::Ready(Some(Ok(frame))), Some(beat)) = (&mut poll, this.beat) {
            beat.given();
            if let Some(data) = frame.data_mut().filter(|data| data.len() > PART) {
                *this.rest = data.split_off(PART);
            }
        }
        if let (Poll::Ready(Some(Ok(frame))), Some(line)) = (&poll, this.line) {
            line.sent(frame.data_ref().map_or(0, Bytes::len));
        }
        poll.map(|frame| {
            frame.map(|frame| {
                frame.map_err(|error| {
                    let error = error.into();
                    let facts = &this.flight.life().facts;
                    let said = error.to_string();
                    tracing::warn!(id = %facts.id, peer = %facts.peer, error = %Escaped(&said), "an answer broke off: its body failed");
                    error
                })
            })
        })
    }

    fn is_end_stream(&self) -> bool {
        match (&self.body, &self.words) {
            (Some(body), _) => self.rest.is_empty() && body.is_end_stream(),
            (None, words) => words.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match (&self.body, &self.words) {
            (Some(body), _) => body.size_hint(),
            (None, Some(words)) => SizeHint::with_exact(words.len() as u64),
            // Nothing may be said about a body that is not sent but what its header says.
            (None, None) => SizeHint::default(),
        }
    }
}
