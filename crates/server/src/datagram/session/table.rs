//! The sessions of a socket, by peer.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::time::Instant;

use crate::address::SockAddr;
use crate::datagram::session::cell::{Cell, Pushed};
use crate::sync::Mutex;

/// Who is there. A session leaves when it has expired or its handler has returned, whatever comes first.
#[derive(Default)]
pub(super) struct Table(Mutex<HashMap<SockAddr, Arc<Cell>>>);

impl Table {
    pub(super) fn is_empty(&self) -> bool {
        self.0.lock().is_empty()
    }

    pub(super) fn enter(&self, peer: SockAddr, cell: Arc<Cell>) {
        let before = self.0.lock().insert(peer, cell);
        drop(before);
    }

    /// Hands something to a peer's session. `None`: it has none.
    pub(super) fn push(&self, peer: &SockAddr, push: impl FnOnce(&Cell) -> Pushed) -> Option<Pushed> {
        self.0.lock().get(peer).map(|cell| push(cell))
    }

    /// Takes this session out, unless the peer has another by now.
    pub(super) fn leave(&self, gone: &Arc<Cell>) {
        let mut cells = self.0.lock();
        let peer = gone.reply.peer();
        let theirs = cells.get(peer).is_some_and(|cell| Arc::ptr_eq(cell, gone));
        let left = theirs.then(|| cells.remove(peer)).flatten();
        drop(cells);
        drop(left);
    }

    /// Ends the sessions that have heard nothing since then: how many.
    pub(super) fn expire(&self, since: Instant) -> usize {
        let mut expired = Vec::new();
        self.0.lock().retain(|_, cell| match cell.expire(since) {
            Some(waker) => {
                expired.push((Arc::clone(cell), waker));
                false
            }
            None => true,
        });
        let n = expired.len();
        for waker in expired.into_iter().filter_map(|(_, waker)| waker) {
            waker.wake();
        }
        n
    }
}
