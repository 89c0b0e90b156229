//! Whether a client of HTTP/2 takes its answer: each stream has a window of its own, and may keep it shut.

use std::sync::atomic::{AtomicU64, Ordering};

/// Set by the answer's body when it hands a piece to the engine, which asks for the next when the client has taken that.
///
/// Even: the engine waits for the body. Odd: the body waits for the engine. It only grows.
#[derive(Debug, Default)]
pub(crate) struct StreamBeat(AtomicU64);

impl StreamBeat {
    /// The engine asks for a piece.
    pub(crate) fn asked(&self) {
        if self.is_waiting() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The engine has a piece.
    pub(crate) fn given(&self) {
        if !self.is_waiting() {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often either has moved.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Whether a piece has been given, and the next not asked for.
    pub(crate) fn is_waiting(&self) -> bool {
        self.0.load(Ordering::Relaxed) % 2 == 1
    }
}
