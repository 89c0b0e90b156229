//! What handles hold.

use std::ops::Deref;
use std::sync::Arc;

use super::Crew;

/// Shared by the handles of a crew, and by nobody else: when the last of them is dropped, the members are killed.
#[derive(Debug)]
pub(crate) struct Keeper(Arc<Crew>);

impl Keeper {
    pub(crate) fn new(size: usize) -> Arc<Self> {
        Arc::new(Self(Crew::new(size)))
    }
}

impl Deref for Keeper {
    type Target = Arc<Crew>;

    fn deref(&self) -> &Arc<Crew> {
        &self.0
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.0.disband();
    }
}
