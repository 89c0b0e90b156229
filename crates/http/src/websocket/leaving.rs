//! How a socket ends: by a word of ours, by one of the client, or in the middle.

use std::io;
use std::task::{Context, Poll, Waker, ready};

use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Error;

use crate::websocket::WebSocketError;
use crate::websocket::engine::{Engine, Stage, unless_blocked};
use crate::websocket::farewell::Farewell;
use crate::websocket::wire::Wire;

impl Engine {
    /// From here on it closes: with what is in the outbox, and then with this word.
    pub(super) fn leave(&mut self, farewell: Farewell) {
        if matches!(self.stage, Stage::Open) {
            // Who was told first to close it is heard.
            let farewell = self.outbox.verdict().cloned().unwrap_or(farewell);
            self.outbox.close();
            self.stage = Stage::Leaving(farewell);
            self.due = Some(Instant::now() + self.close_deadline);
        }
    }

    /// Ready when the close handshake is over, or its time is.
    pub(super) fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let heard = self.poll_heard(context);
        if heard.is_pending()
            && self.due.is_none_or(|due| self.pulse.poll_deadline(due, context).is_pending())
        {
            return Poll::Pending;
        }
        self.over();
        Poll::Ready(())
    }

    /// Ready when the connection has taken the close frame, or nobody is to be told.
    pub(super) fn poll_told(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if matches!(self.stage, Stage::Leaving(_)) {
            if self.poll_outbox(usize::MAX, context).is_err() {
                self.over();
                return Poll::Ready(());
            }
            if self.tally.blocked || !self.drained {
                return Poll::Pending;
            }
            self.tell(context);
        }
        if matches!(self.stage, Stage::Told) {
            if self.flush(context).is_err() {
                self.over();
            } else if self.tally.blocked {
                return Poll::Pending;
            }
        }
        Poll::Ready(())
    }

    fn tell(&mut self, context: &mut Context<'_>) {
        if let Stage::Leaving(farewell) = &self.stage {
            let farewell = farewell.clone();
            // Else a pong that is still owed would come after the close frame, where nothing may.
            if self.flush(context).is_err() {
                return self.over();
            }
            self.stage = Stage::Told;
            let mut wire = Wire { conn: &mut self.conn, tally: &mut self.tally, context };
            let told = self.frames.close(&mut wire, Some(farewell.into_frame()));
            if unless_blocked(told).is_err() {
                self.over();
            }
        }
    }

    /// Ready when the client has answered the close frame. What it says besides is passed over.
    fn poll_heard(&mut self, context: &mut Context<'_>) -> Poll<()> {
        ready!(self.poll_told(context));
        while matches!(self.stage, Stage::Told) && !self.lost {
            match self.read(context) {
                Ok(_) => {}
                Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => {
                    return Poll::Pending;
                }
                Err(_) => break,
            }
        }
        Poll::Ready(())
    }

    pub(super) fn over(&mut self) {
        self.stage = Stage::Over;
        self.outbox.forget();
    }

    pub(super) fn checked(
        &mut self,
        result: Result<(), Error>,
        context: &mut Context<'_>,
    ) -> Result<(), WebSocketError> {
        result.map_err(|error| self.broken(error, context))
    }

    pub(super) fn broken(&mut self, error: Error, context: &mut Context<'_>) -> WebSocketError {
        let error = WebSocketError::of(error);
        let farewell = match &error {
            WebSocketError::Protocol(how) => Some(Farewell::protocol(how)),
            WebSocketError::NotUtf8 => Some(Farewell::NOT_UTF8),
            WebSocketError::TooLarge => Some(Farewell::TOO_LARGE),
            _ => None,
        };
        self.fail(error, farewell, context)
    }

    /// Tells the client at once, if there is somebody to tell; nothing else is sent or read any more.
    pub(super) fn fail(
        &mut self,
        error: WebSocketError,
        farewell: Option<Farewell>,
        context: &mut Context<'_>,
    ) -> WebSocketError {
        (self.lost, self.failed) = (true, true);
        self.outbox.forget();
        match farewell {
            None => self.over(),
            Some(farewell) => {
                self.leave(farewell);
                self.tell(context);
                let _ = self.poll_told(context);
            }
        }
        error
    }
}

/// One that is dropped in the middle was killed: its client is told, if that takes no time.
impl Drop for Engine {
    fn drop(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        if matches!(self.stage, Stage::Open) {
            self.outbox.forget();
            self.leave(if self.stop.is_stopped() { Farewell::STOPPING } else { Farewell::LEAVING });
        }
        let _ = self.poll_told(&mut context);
        self.outbox.forget();
    }
}
