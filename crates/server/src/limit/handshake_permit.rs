//! Leave for one handshake.

use std::sync::Arc;

use crate::limit::state::State;

/// Leave for one handshake to be in progress. It comes back by being dropped.
#[must_use = "dropped, it no longer counts"]
pub(crate) struct HandshakePermit {
    state: Arc<State>,
}

impl HandshakePermit {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state }
    }
}

impl Drop for HandshakePermit {
    fn drop(&mut self) {
        self.state.handshakes.leave();
    }
}
