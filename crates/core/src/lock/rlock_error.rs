//! What goes wrong with an [`RLock`](crate::RLock).

use std::error::Error;
use std::{fmt, io};

use super::rlock_guard::RLockGuard;

/// An [`RLock`](crate::RLock) was asked for outside of a task: there is nobody who could own it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RLockAcquireError;

/// An [`RLock`](crate::RLock) was not taken.
///
/// As an [`io::Error`], `Held` is a `WouldBlock`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum RLockTryAcquireError {
    /// Another task holds it.
    Held,
    /// This is outside of a task: there is nobody who could own it.
    NoTask,
}

/// An [`RLock`](crate::RLock) was not released: it belongs to another task. Holds the guard.
#[derive(Debug)]
pub struct RLockReleaseError(Box<RLockGuard>);

impl RLockReleaseError {
    pub(super) fn new(guard: RLockGuard) -> Self {
        Self(Box::new(guard))
    }

    /// The guard; dropping it gives the lock back in spite of all.
    pub fn into_guard(self) -> RLockGuard {
        *self.0
    }
}

const NO_TASK: &str = "a lock that belongs to tasks was asked for outside of a task";

impl fmt::Display for RLockAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(NO_TASK)
    }
}

impl Error for RLockAcquireError {}

impl From<RLockAcquireError> for io::Error {
    fn from(error: RLockAcquireError) -> Self {
        Self::other(error)
    }
}

impl fmt::Display for RLockTryAcquireError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Held => "the lock is held by another task",
            Self::NoTask => NO_TASK,
        })
    }
}

impl Error for RLockTryAcquireError {}

impl From<RLockTryAcquireError> for io::Error {
    fn from(error: RLockTryAcquireError) -> Self {
        let kind = match error {
            RLockTryAcquireError::Held => io::ErrorKind::WouldBlock,
            RLockTryAcquireError::NoTask => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

impl fmt::Display for RLockReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the lock belongs to task {}, which alone may release it", self.0.owner())
    }
}

impl Error for RLockReleaseError {}

impl From<RLockReleaseError> for io::Error {
    /// Drops the guard.
    fn from(error: RLockReleaseError) -> Self {
        Self::other(error.to_string())
    }
}
