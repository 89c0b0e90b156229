//! The right to use a thread.

use std::sync::Arc;

use super::shared::Shared;

/// The right to use one thread of a pool; dropping it gives it back, to the longest waiting first.
pub(super) struct Place(Arc<Shared>);

impl Place {
    pub(super) fn new(pool: Arc<Shared>) -> Self {
        Self(pool)
    }

    pub(super) fn pool(&self) -> &Arc<Shared> {
        &self.0
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.give();
    }
}
