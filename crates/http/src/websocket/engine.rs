//! When a socket reads, writes, asks and gives up.
//!
//! 1. Only the task that polls it touches it; whoever sends from elsewhere goes through its outbox.
//! 2. While the connection takes no more (`blocked`), nothing is taken out of the outbox, and only so many pings are read.
//! 3. What is taken out of the outbox is tungstenite's in the same poll, and what is read is the user's: a dropped poll loses nothing.
//! 4. Its stages follow one another: `Open`, `Leaving`, `Told`, `Over`. Nothing is read for the user once it is not open.

use std::fmt;
use std::sync::Arc;
use std::task::Context;
use std::time::Duration;

use bytes::Bytes;
use greenroom_core::QueueStream;
use greenroom_server::{Connection, StopSignal};
use http::HeaderValue;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig, WebSocketContext};
use tokio_tungstenite::tungstenite::{Error, Message as Frames};

use crate::budget::Budget;
use crate::facts::RequestFacts;
use crate::websocket::Message;
use crate::websocket::farewell::Farewell;
use crate::websocket::outbox::Outbox;
use crate::websocket::pulse::Pulse;
use crate::websocket::terms::Terms;
use crate::websocket::wire::{Tally, Wire};

/// A message may come with so many bytes besides its own for each of its own, and so many more: one that comes in crumbs is refused.
const FRAMING: usize = 1;
const FRAMING_SPARE: usize = 64 * 1024;

pub(super) enum Stage {
    Open,
    /// The close frame comes after what is in the outbox.
    Leaving(Farewell),
    /// It is written, or on its way; the client has not answered.
    Told,
    Over,
}

pub(super) struct Engine {
    pub(super) conn: Connection,
    pub(super) frames: WebSocketContext,
    pub(super) config: WebSocketConfig,
    pub(super) stage: Stage,
    pub(super) tally: Tally,
    pub(super) outbox: Arc<Outbox>,
    pub(super) messages: QueueStream<Message>,
    /// There are no more of them, and never will be.
    pub(super) drained: bool,
    pub(super) stop: StopSignal,
    pub(super) pulse: Pulse,
    pub(super) budget: Budget,
    /// Pongs that may not have been sent.
    pub(super) pongs: usize,
    pub(super) most_between: usize,
    pub(super) close_deadline: Duration,
    /// By when closing has to be over.
    pub(super) due: Option<Instant>,
    /// It is no use to read on: frames are no longer told apart.
    pub(super) lost: bool,
    pub(super) failed: bool,
    pub(super) facts: RequestFacts,
    pub(super) protocol: Option<HeaderValue>,
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
            drained: false,
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

    pub(super) fn read(&mut self, context: &mut Context<'_>) -> Result<Frames, Error> {
        self.frames.read(&mut Wire { conn: &mut self.conn, tally: &mut self.tally, context })
    }

    pub(super) fn write(&mut self, message: Frames, context: &mut Context<'_>) -> Result<(), Error> {
        let mut wire = Wire { conn: &mut self.conn, tally: &mut self.tally, context };
        unless_blocked(self.frames.write(&mut wire, message))
    }

    /// Afterwards it is blocked, or all is written.
    pub(super) fn flush(&mut self, context: &mut Context<'_>) -> Result<(), Error> {
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
}

/// What waits has been taken all the same.
pub(super) fn unless_blocked(result: Result<(), Error>) -> Result<(), Error> {
    match result {
        Err(Error::Io(error)) if error.kind() == std::io::ErrorKind::WouldBlock => Ok(()),
        other => other,
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("conn", &self.conn).finish_non_exhaustive()
    }
}
