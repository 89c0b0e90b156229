//! Why a task-local value cannot be had.

use std::error::Error;
use std::fmt;
use std::io;

/// Why a [`Local`](crate::Local) has no value to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LocalError {
    /// No task is running: there is nobody whose value it could be.
    NoTask,
    /// The value is in use further up the stack: inside [`with`](crate::Local::with), or while it is being made.
    InUse,
}

impl fmt::Display for LocalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoTask => "a task-local value was asked for outside of a task",
            Self::InUse => "a task-local value was asked for while it was in use further up the stack",
        })
    }
}

impl Error for LocalError {}

impl From<LocalError> for io::Error {
    fn from(error: LocalError) -> Self {
        Self::other(error)
    }
}

/// Why a [`Local`](crate::Local) was not set; holds the value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct LocalSetError<T> {
    pub(super) value: T,
    pub(super) cause: LocalError,
}

impl<T> LocalSetError<T> {
    /// The value that was to be set.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.value
    }

    /// Why it was not.
    #[must_use]
    pub fn cause(&self) -> LocalError {
        self.cause
    }
}

impl<T> fmt::Debug for LocalSetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalSetError").field("cause", &self.cause).finish_non_exhaustive()
    }
}

impl<T> fmt::Display for LocalSetError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a task-local value was not set")
    }
}

impl<T> Error for LocalSetError<T> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.cause)
    }
}

impl<T> From<LocalSetError<T>> for io::Error {
    fn from(error: LocalSetError<T>) -> Self {
        Self::from(error.cause)
    }
}
