//! What a client says, up to the next message for the user.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message as Frames};

use crate::websocket::engine::{Engine, Stage};
use crate::websocket::farewell::Farewell;
use crate::websocket::pulse::Due;
use crate::websocket::{Message, MessageText, WebSocketError};

/// So many messages of the outbox, then the client has a turn.
const IN_A_ROW: usize = 64;
/// So many pongs wait for a client that takes nothing; then its pings do.
const PONGS: usize = 16;
/// What a control frame of a client has besides its payload.
const CONTROL_HEADER: usize = 6;
/// After a larger frame the buffer that held it is given back.
const LARGE: u64 = 64 * 1024;

impl Engine {
    pub(super) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Option<Message>, WebSocketError>> {
        if !self.poll_open(context)? {
            return Poll::Ready(Ok(None));
        }
        if self.stop.poll_stopped(context).is_ready() {
            self.leave(Farewell::STOPPING);
            let _ = self.poll_told(context);
            return Poll::Ready(Ok(None));
        }
        loop {
            let moved = self.poll_outbox(IN_A_ROW, context);
            self.checked(moved, context)?;
            if let Poll::Ready(message) = self.poll_read(context)? {
                return Poll::Ready(Ok(message));
            }
            match ready!(self.pulse.poll_due(&mut self.tally, context)) {
                Due::Ping => {
                    let pinged = self.write(Frames::Ping(Bytes::new()), context);
                    let pinged = pinged.and_then(|()| self.flush(context));
                    self.checked(pinged, context)?;
                }
                Due::GiveUp => {
                    return Poll::Ready(Err(self.fail(
                        WebSocketError::TimedOut,
                        Some(Farewell::NO_SIGN),
                        context,
                    )));
                }
            }
        }
    }

    /// Whether it is open. Listens for others who want it closed.
    pub(super) fn poll_open(&mut self, context: &mut Context<'_>) -> Result<bool, WebSocketError> {
        if matches!(self.stage, Stage::Open) {
            self.outbox.listen(context.waker());
            let Some(farewell) = self.outbox.verdict() else { return Ok(true) };
            if farewell.is_too_slow() {
                return Err(self.fail(WebSocketError::TooSlow, Some(Farewell::TOO_SLOW), context));
            }
            let farewell = farewell.clone();
            self.leave(farewell);
        }
        // As far as it goes: the rest is for when the handler has ended.
        let _ = self.poll_told(context);
        Ok(false)
    }

    /// Reads up to the next message.
    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Message>, WebSocketError>> {
        loop {
            if self.tally.blocked {
                let flushed = self.flush(context);
                self.checked(flushed, context)?;
                if self.tally.blocked && self.pongs >= PONGS {
                    return Poll::Pending;
                }
            }
            match self.read(context) {
                Ok(Frames::Text(text)) => {
                    self.tally.since_message = 0;
                    return Poll::Ready(Ok(Some(MessageText(text).into())));
                }
                Ok(Frames::Binary(bytes)) => {
                    self.tally.since_message = 0;
                    return Poll::Ready(Ok(Some(bytes.into())));
                }
                Ok(Frames::Close(_)) => {
                    self.outbox.forget();
                    self.stage = Stage::Told;
                    self.due = Some(Instant::now() + self.close_deadline);
                    let _ = self.poll_told(context);
                    return Poll::Ready(Ok(None));
                }
                Ok(control) => {
                    self.tally.since_message =
                        self.tally.since_message.saturating_sub(CONTROL_HEADER + control.len());
                    self.pongs += usize::from(control.is_ping());
                    if !self.budget.spend(1) {
                        return Poll::Ready(Err(self.fail(
                            WebSocketError::Flood,
                            Some(Farewell::FLOOD),
                            context,
                        )));
                    }
                }
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    if self.tally.since_message > self.most_between {
                        let error = WebSocketError::TooLarge;
                        return Poll::Ready(Err(self.fail(error, Some(Farewell::FRAGMENTS), context)));
                    }
                    self.shrink(context);
                    return Poll::Pending;
                }
                Err(error) => return Poll::Ready(Err(self.broken(error, context))),
            }
        }
    }

    /// Gives the room for a large message back when it has been read and nothing else has come.
    ///
    /// What tungstenite holds is nothing then but its buffers: all frames that have come were whole and have been taken, and
    /// all that was to be sent has been.
    fn shrink(&mut self, context: &mut Context<'_>) {
        if self.tally.watch.largest() <= LARGE || !self.tally.watch.is_between() {
            return;
        }
        if self.flush(context).is_ok() && !self.tally.blocked && matches!(self.stage, Stage::Open) {
            self.frames = WebSocketContext::new(Role::Server, Some(self.config));
            self.tally.watch.forget_largest();
        }
    }
}
