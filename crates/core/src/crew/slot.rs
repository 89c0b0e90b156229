//! A slot on its way to a task.

use std::fmt;
use std::sync::Arc;

use super::Crew;

/// The right to add one member; given back by drop, unless a member has it.
#[must_use = "a slot that is dropped is free again"]
pub(crate) struct Slot(Option<Arc<Crew>>);

impl Slot {
    /// Takes over a slot that has been counted.
    pub(super) fn new(crew: &Arc<Crew>) -> Self {
        Self(Some(crew.clone()))
    }

    /// A member has it now, and counts for itself.
    pub(super) fn spend(mut self) {
        self.0 = None;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(crew) = self.0.take() {
            crew.give_back();
        }
    }
}

impl fmt::Debug for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Slot")
    }
}
