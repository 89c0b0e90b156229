//! Why a call was not accepted.

use std::error::Error;
use std::{fmt, io};

/// The thread pool was killed and accepts no call; the call comes back.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete: there is nothing but the call to give back")]
pub struct ThreadSpawnError<F>(
    /// What was to be called.
    pub F,
);

/// The thread pool does not accept a call now; the call comes back.
///
/// As an [`io::Error`], `Full` is a `WouldBlock`.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum ThreadTrySpawnError<F> {
    /// As many calls run as may, or others wait already.
    Full(F),
    /// The pool was killed.
    Killed(F),
}

impl<F> ThreadTrySpawnError<F> {
    /// What was to be called.
    #[must_use]
    pub fn into_inner(self) -> F {
        match self {
            Self::Full(call) | Self::Killed(call) => call,
        }
    }
}

const KILLED: &str = "the thread pool was killed";

impl<F> fmt::Debug for ThreadSpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ThreadSpawnError(..)")
    }
}

impl<F> fmt::Display for ThreadSpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(KILLED)
    }
}

impl<F> Error for ThreadSpawnError<F> {}

impl<F> From<ThreadSpawnError<F>> for io::Error {
    fn from(_: ThreadSpawnError<F>) -> Self {
        Self::other(ThreadSpawnError(()))
    }
}

impl<F> fmt::Debug for ThreadTrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::Killed(_) => "Killed(..)",
        })
    }
}

impl<F> fmt::Display for ThreadTrySpawnError<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the thread pool is full",
            Self::Killed(_) => KILLED,
        })
    }
}

impl<F> Error for ThreadTrySpawnError<F> {}

impl<F> From<ThreadTrySpawnError<F>> for io::Error {
    fn from(error: ThreadTrySpawnError<F>) -> Self {
        match error {
            ThreadTrySpawnError::Full(_) => {
                Self::new(io::ErrorKind::WouldBlock, ThreadTrySpawnError::Full(()))
            }
            ThreadTrySpawnError::Killed(_) => Self::other(ThreadTrySpawnError::Killed(())),
        }
    }
}
