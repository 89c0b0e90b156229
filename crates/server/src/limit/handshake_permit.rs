//! Leave for one handshake.

use std::sync::Arc;

use crate::limit::state::State;
use crate::stop::{StopSignal, Stopped};

/// Leave for one handshake to be in progress. It comes back by being dropped.
#[must_use = "dropped, it no longer counts"]
pub(crate) struct HandshakePermit {
    state: Arc<State>,
    number: u64,
    pushed: StopSignal,
}

impl HandshakePermit {
    pub(super) fn new(state: Arc<State>) -> Self {
        let (number, pushed) = state.turns.begin();
        Self { state, number, pushed }
    }

    /// Resolves when it has taken long and others wait: it is to give up.
    #[allow(dead_code, reason = "without TLS nobody shakes hands")]
    pub(crate) fn pushed_out(&self) -> Stopped {
        self.pushed.stopped()
    }
}

impl Drop for HandshakePermit {
    fn drop(&mut self) {
        self.state.turns.end(self.number);
        self.state.handshakes.leave();
    }
}
