//! What a pool says when it does not take a task.

use std::error::Error;
use std::{fmt, io};

use crate::exit::Reason;

/// The pool was killed; what it was to run comes back.
///
/// As an [`io::Error`] it is a `BrokenPipe`, and what it carries is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct PoolClosed<F> {
    pub(super) inner: F,
    pub(super) reason: Reason,
}

impl<F> PoolClosed<F> {
    /// The future or task that was not taken.
    #[must_use]
    pub fn into_inner(self) -> F {
        self.inner
    }

    /// Why the pool was killed.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl<F> fmt::Debug for PoolClosed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PoolClosed").field("reason", &self.reason).finish_non_exhaustive()
    }
}

impl<F> fmt::Display for PoolClosed<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.reason.is_empty() {
            true => f.write_str("the pool was killed"),
            false => write!(f, "the pool was killed: {}", self.reason),
        }
    }
}

impl<F> Error for PoolClosed<F> {}

impl<F> From<PoolClosed<F>> for io::Error {
    fn from(error: PoolClosed<F>) -> Self {
        Self::new(io::ErrorKind::BrokenPipe, PoolClosed { inner: (), reason: error.reason })
    }
}

/// A spawn, or a reservation, that may not wait did not happen; the future comes back.
///
/// As an [`io::Error`] it is `WouldBlock` or `BrokenPipe`, and the future is dropped.
///
/// gevent: `PoolFull`.
#[derive(Clone, PartialEq, Eq)]
#[doc(alias = "PoolFull")]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum TrySpawnError<F> {
    /// No slot is free, or others wait for it.
    Full(F),
    /// The pool was killed.
    Closed(PoolClosed<F>),
}

impl<F> TrySpawnError<F> {
    /// The future that was not spawned.
    #[must_use]
    pub fn into_inner(self) -> F {
        match self {
            Self::Full(future) => future,
            Self::Closed(closed) => closed.inner,
        }
    }
}

impl<F> fmt::Debug for TrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("Full(..)"),
            Self::Closed(closed) => f.debug_tuple("Closed").field(closed).finish(),
        }
    }
}

impl<F> fmt::Display for TrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full(_) => f.write_str("the pool is full"),
            Self::Closed(closed) => closed.fmt(f),
        }
    }
}

impl<F> Error for TrySpawnError<F> {}

impl<F> From<TrySpawnError<F>> for io::Error {
    fn from(error: TrySpawnError<F>) -> Self {
        match error {
            TrySpawnError::Full(_) => Self::new(io::ErrorKind::WouldBlock, TrySpawnError::Full(())),
            TrySpawnError::Closed(closed) => closed.into(),
        }
    }
}
