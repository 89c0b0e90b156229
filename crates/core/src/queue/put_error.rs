//! What a put says when it did not happen.

use std::error::Error;
use std::{fmt, io};

/// The queue or channel is shut down; the item comes back.
///
/// As an [`io::Error`] it is a `BrokenPipe`, and the item is dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
#[doc(alias = "ShutDown")]
#[expect(clippy::exhaustive_structs, reason = "complete: there is nothing but the item to give back")]
pub struct PutError<T>(
    /// What was to be put.
    pub T,
);

impl<T> PutError<T> {
    /// The item that was not put.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PutError(..)")
    }
}

impl<T> fmt::Display for PutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the queue is shut down")
    }
}

impl<T> Error for PutError<T> {}

impl<T> From<PutError<T>> for io::Error {
    fn from(_: PutError<T>) -> Self {
        Self::new(io::ErrorKind::BrokenPipe, PutError(()))
    }
}

/// A put that may not wait did not happen; the item comes back.
///
/// As an [`io::Error`] it is `WouldBlock` or `BrokenPipe`, and the item is dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum TryPutError<T> {
    /// There is no room; in a channel: nobody is waiting for an item.
    Full(T),
    /// The queue or channel is shut down.
    ShutDown(T),
}

impl<T> TryPutError<T> {
    /// The item that was not put.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self {
            Self::Full(item) | Self::ShutDown(item) => item,
        }
    }
}

impl<T> fmt::Debug for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "Full(..)",
            Self::ShutDown(_) => "ShutDown(..)",
        })
    }
}

impl<T> fmt::Display for TryPutError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the queue is full",
            Self::ShutDown(_) => "the queue is shut down",
        })
    }
}

impl<T> Error for TryPutError<T> {}

impl<T> From<TryPutError<T>> for io::Error {
    fn from(error: TryPutError<T>) -> Self {
        match error {
            TryPutError::Full(_) => Self::new(io::ErrorKind::WouldBlock, TryPutError::Full(())),
            TryPutError::ShutDown(_) => Self::new(io::ErrorKind::BrokenPipe, TryPutError::ShutDown(())),
        }
    }
}
