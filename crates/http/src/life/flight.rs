//! A request in flight.

use std::sync::Arc;

use crate::life::Life;

/// Held from a request's head to the end of its answer.
#[derive(Debug)]
pub(crate) struct Flight(Arc<Life>);

impl Flight {
    pub(super) const fn new(life: Arc<Life>) -> Self {
        Self(life)
    }

    pub(crate) const fn life(&self) -> &Arc<Life> {
        &self.0
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.land();
    }
}
