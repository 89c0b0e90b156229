//! Leave for one connection.

use std::sync::Arc;

use crate::limit::limits::State;

/// Leave for one connection to be open. It comes back by being dropped, which must be after the connection is closed.
pub(crate) struct Permit {
    /// Taken by `give_back`.
    state: Option<Arc<State>>,
}

impl Permit {
    pub(super) const fn new(state: Arc<State>) -> Self {
        Self { state: Some(state) }
    }

    /// Gives it back unused: there is no connection yet.
    pub(crate) fn give_back(mut self) {
        if let Some(state) = self.state.take() {
            state.leave(false);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        if let Some(state) = self.state.take() {
            state.leave(true);
        }
    }
}
