//! The word that goes with a 101, from who answers to who drives the connection.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::life::AfterUpgrade;

/// In the extensions of an answer of 101: what the connection is to become, in its own task, under its own permit. Extensions
/// have to be `Clone`; the first who takes it has it.
#[derive(Clone)]
pub(crate) struct Upgrade(Arc<Mutex<Option<AfterUpgrade>>>);

impl Upgrade {
    pub(crate) fn new(after: AfterUpgrade) -> Self {
        Self(Arc::new(Mutex::new(Some(after))))
    }

    pub(crate) fn take(self) -> Option<AfterUpgrade> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").finish_non_exhaustive()
    }
}
