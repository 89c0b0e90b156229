//! What the handles, entrances and permits of one budget share.

use std::sync::Arc;

use greenroom_core::Pool;
use tokio::sync::Notify;

use crate::limit::addresses::Addresses;
use crate::limit::door::Door;
use crate::limit::nofile::default_connections;
use crate::limit::shed_after::ShedAfter;
use crate::limit::turns::Turns;

const DEFAULT_HANDSHAKES: usize = 1_000;

pub(super) struct State {
    pub(super) connections: Door,
    pub(super) handshakes: Door,
    pub(super) turns: Turns,
    pub(super) addresses: Addresses,
    pub(super) shed_after: ShedAfter,
    /// Whose members the tasks of ordinary connections are.
    pub(super) pool: Option<Pool>,
    /// Told whenever a connection has closed, and with it a file.
    pub(super) freed: Notify,
}

impl State {
    pub(super) fn new(pool: Option<Pool>) -> Arc<Self> {
        Arc::new(Self {
            connections: Door::new(default_connections()),
            handshakes: Door::new(DEFAULT_HANDSHAKES),
            turns: Turns::default(),
            addresses: Addresses::new(),
            shed_after: ShedAfter::new(),
            pool,
            freed: Notify::new(),
        })
    }

    /// Somebody left. `closed`: a connection it had is closed, too.
    pub(super) fn leave(&self, closed: bool) {
        self.connections.leave();
        if closed {
            self.freed.notify_waiters();
        }
    }
}
