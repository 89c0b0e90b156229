//! What is said to a client, by the handler and by others.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Error;

use crate::websocket::engine::Engine;
use crate::websocket::farewell::Farewell;
use crate::websocket::pulse::Due;
use crate::websocket::{Message, WebSocketError};

impl Engine {
    pub(super) fn poll_send(
        &mut self,
        message: &mut Option<Message>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), WebSocketError>> {
        if !self.poll_open(context)? {
            return Poll::Ready(Err(WebSocketError::Closed));
        }
        let sent = self.poll_outbox(usize::MAX, context).and_then(|()| {
            if !self.tally.blocked
                && let Some(message) = message.take()
            {
                self.write(message.into_frames(), context)?;
                self.flush(context)?;
            }
            Ok(())
        });
        self.checked(sent, context)?;
        if message.is_none() && !self.tally.blocked {
            return Poll::Ready(Ok(()));
        }
        self.poll_stuck(context).map(Err)
    }

    /// Sends what is in the outbox, up to so many messages, as long as the connection takes it.
    pub(super) fn poll_outbox(&mut self, most: usize, context: &mut Context<'_>) -> Result<(), Error> {
        if self.tally.blocked {
            self.flush(context)?;
        }
        let mut moved = 0;
        while !self.tally.blocked {
            if moved == most {
                context.waker().wake_by_ref();
                break;
            }
            match Pin::new(&mut self.messages).poll_next(context) {
                Poll::Ready(Some(message)) => {
                    moved += 1;
                    self.write(message.into_frames(), context)?;
                }
                Poll::Ready(None) => {
                    self.drained = true;
                    break;
                }
                Poll::Pending => break,
            }
        }
        if moved > 0 { self.flush(context) } else { Ok(()) }
    }

    /// A client that takes nothing is given up in time, and at a stop sooner.
    fn poll_stuck(&mut self, context: &mut Context<'_>) -> Poll<WebSocketError> {
        if self.stop.poll_stopped(context).is_ready() {
            let due = *self.due.get_or_insert_with(|| Instant::now() + self.close_deadline);
            if self.pulse.poll_deadline(due, context).is_ready() {
                return Poll::Ready(self.fail(WebSocketError::TimedOut, Some(Farewell::STOPPING), context));
            }
        }
        match ready!(self.pulse.poll_due(&mut self.tally, context)) {
            Due::Ping | Due::GiveUp => {
                Poll::Ready(self.fail(WebSocketError::TimedOut, Some(Farewell::NO_SIGN), context))
            }
        }
    }
}
