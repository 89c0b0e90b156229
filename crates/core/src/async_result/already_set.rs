use std::error::Error;
use std::{fmt, io};

/// The result had been set before; here is what came too late.
///
/// Raised by [`AsyncResult::set`](crate::AsyncResult::set) and its siblings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct AlreadySet<V>(V);

impl<V> AlreadySet<V> {
    pub(super) fn new(refused: V) -> Self {
        Self(refused)
    }

    /// What was not taken.
    #[must_use]
    pub fn into_inner(self) -> V {
        self.0
    }
}

impl<V> fmt::Debug for AlreadySet<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AlreadySet").finish_non_exhaustive()
    }
}

impl<V> fmt::Display for AlreadySet<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the result is already set")
    }
}

impl<V> Error for AlreadySet<V> {}

impl<V> From<AlreadySet<V>> for io::Error {
    fn from(_: AlreadySet<V>) -> Self {
        Self::new(io::ErrorKind::AlreadyExists, AlreadySet(()))
    }
}
