//! When a socket reads, writes, asks and gives up.
//!
//! 1. Only the task that polls it touches it; whoever sends from elsewhere goes through its outbox.
//! 2. While the connection takes no more (`blocked`), nothing is taken out of the outbox, and only so many pings are read.
//! 3. What is taken out of the outbox is tungstenite's in the same poll, and what is read is the user's: a dropped poll loses nothing.
//! 4. Its stages follow one another: `Open`, `Leaving`, `Told`, `Over`. Nothing is read for the user once it is not open.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use greenroom_core::QueueStream;
use greenroom_server::{Connection, StopSignal};
use http::HeaderValue;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message as Frames};

use crate::facts::RequestFacts;
use crate::websocket::budget::Budget;
use crate::websocket::farewell::Farewell;
use crate::websocket::outbox::Outbox;
use crate::websocket::pulse::{Due, Pulse};
use crate::websocket::terms::Terms;
use crate::websocket::wire::{Tally, Wire};
use crate::websocket::{Message, WebSocketError};

/// So many messages of the outbox, then the client has a turn.
const IN_A_ROW: usize = 64;
/// So many pongs wait for a client that takes nothing; then its pings do.
const PONGS: usize = 16;
/// What a control frame of a client has besides its payload.
const CONTROL_HEADER: usize = 6;
/// A message may come with so many bytes besides its own for each of its own, and so many more: one that comes in crumbs is refused.
const FRAMING: usize = 1;
const FRAMING_SPARE: usize = 64 * 1024;
/// After a larger frame the buffer that held it is given back.
const LARGE: u64 = 64 * 1024;

enum Stage {
    Open,
    /// The close frame comes after what is in the outbox.
    Leaving(Farewell),
    /// It is written, or on its way; the client has not answered.
    Told,
    Over,
}

pub(super) struct Engine {
    conn: Connection,
    frames: WebSocketContext,
    config: WebSocketConfig,
    stage: Stage,
    tally: Tally,
    outbox: Arc<Outbox>,
    messages: QueueStream<Message>,
    stop: StopSignal,
    pulse: Pulse,
    budget: Budget,
    /// Pongs that may not have been sent.
    pongs: usize,
    most_between: usize,
    close_deadline: Duration,
    /// By when closing has to be over.
    due: Option<Instant>,
    /// It is no use to read on: frames are no longer told apart.
    lost: bool,
    failed: bool,
    facts: RequestFacts,
    protocol: Option<HeaderValue>,
}

impl Engine {
    pub(super) fn new(
        conn: Connection,
        read: &Bytes,
        terms: Terms,
        facts: RequestFacts,
        protocol: Option<HeaderValue>,
    ) -> Self {
        let config = terms.config();
        let mut tally = Tally::default();
        let frames = if read.is_empty() {
            WebSocketContext::new(Role::Server, Some(config))
        } else {
            tally.came(read);
            WebSocketContext::from_partially_read(read.to_vec(), Role::Server, Some(config))
        };
        let outbox = Arc::new(Outbox::new(terms.outbox));
        Self {
            stop: conn.stop_signal(),
            conn,
            frames,
            config,
            stage: Stage::Open,
            tally,
            messages: outbox.messages(),
            outbox,
            pulse: Pulse::new(terms.ping),
            budget: Budget::new(terms.max_control_frames),
            pongs: 0,
            most_between: terms.max_message.saturating_mul(1 + FRAMING).saturating_add(FRAMING_SPARE),
            close_deadline: terms.close_deadline,
            due: None,
            lost: false,
            failed: false,
            facts,
            protocol,
        }
    }

    pub(super) const fn outbox(&self) -> &Arc<Outbox> {
        &self.outbox
    }

    pub(super) const fn facts(&self) -> &RequestFacts {
        &self.facts
    }

    pub(super) fn protocol(&self) -> Option<&str> {
        self.protocol.as_ref()?.to_str().ok()
    }

    /// Whether it ended for a reason of the client's.
    pub(super) const fn has_failed(&self) -> bool {
        self.failed
    }

    /// What is said when there is nothing special to say.
    pub(super) fn usual_farewell(&self) -> Farewell {
        if self.stop.is_stopped() { Farewell::STOPPING } else { Farewell::DONE }
    }

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

    /// Whether it is open. Listens for others who want it closed.
    fn poll_open(&mut self, context: &mut Context<'_>) -> Result<bool, WebSocketError> {
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
                    return Poll::Ready(Ok(Some(crate::websocket::MessageText(text).into())));
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
                    if !self.budget.spend() {
                        return Poll::Ready(Err(self.fail(
                            WebSocketError::Flood,
                            Some(Farewell::FLOOD),
                            context,
                        )));
                    }
                }
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
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

    /// Sends what is in the outbox, up to so many messages, as long as the connection takes it.
    fn poll_outbox(&mut self, most: usize, context: &mut Context<'_>) -> Result<(), Error> {
        if self.tally.blocked {
            self.flush(context)?;
        }
        let mut moved = 0;
        while !self.tally.blocked {
            if moved == most {
                context.waker().wake_by_ref();
                break;
            }
            let Poll::Ready(Some(message)) = Pin::new(&mut self.messages).poll_next(context) else { break };
            moved += 1;
            self.write(message.into_frames(), context)?;
        }
        if moved > 0 { self.flush(context) } else { Ok(()) }
    }

    /// Ready when the connection has taken the close frame, or nobody is to be told.
    fn poll_told(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if matches!(self.stage, Stage::Leaving(_)) {
            if self.poll_outbox(usize::MAX, context).is_err() {
                self.over();
                return Poll::Ready(());
            }
            if self.tally.blocked || !self.messages_are_over(context) {
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

    fn messages_are_over(&mut self, context: &mut Context<'_>) -> bool {
        matches!(Pin::new(&mut self.messages).poll_next(context), Poll::Ready(None))
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
                Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => {
                    return Poll::Pending;
                }
                Err(_) => break,
            }
        }
        Poll::Ready(())
    }

    fn over(&mut self) {
        self.stage = Stage::Over;
        self.outbox.forget();
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

    fn read(&mut self, context: &mut Context<'_>) -> Result<Frames, Error> {
        self.frames.read(&mut Wire { conn: &mut self.conn, tally: &mut self.tally, context })
    }

    fn write(&mut self, message: Frames, context: &mut Context<'_>) -> Result<(), Error> {
        let mut wire = Wire { conn: &mut self.conn, tally: &mut self.tally, context };
        unless_blocked(self.frames.write(&mut wire, message))
    }

    /// Afterwards it is blocked, or all is written.
    fn flush(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
        self.tally.blocked = false;
        let mut wire = Wire { conn: &mut self.conn, tally: &mut self.tally, context };
        let flushed = match self.frames.flush(&mut wire) {
            // The answer to the client's close is written, and nothing else is to come.
            Err(Error::ConnectionClosed) => {
                self.over();
                Ok(())
            }
            other => unless_blocked(other),
        };
        if !self.tally.blocked {
            self.pongs = 0;
        }
        flushed
    }

    fn checked(
        &mut self,
        result: Result<(), Error>,
        context: &mut Context<'_>,
    ) -> Result<(), WebSocketError> {
        result.map_err(|error| self.broken(error, context))
    }

    fn broken(&mut self, error: Error, context: &mut Context<'_>) -> WebSocketError {
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
    fn fail(
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

/// What waits has been taken all the same.
fn unless_blocked(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
        other => other,
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

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("conn", &self.conn).finish_non_exhaustive()
    }
}
