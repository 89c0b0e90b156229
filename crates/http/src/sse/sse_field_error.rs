//! A field that would not stay one.

use std::error::Error;
use std::{fmt, io};

/// The name or the id of an event has a line break or a NUL in it, which would begin another field, or make clients forget it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct SseFieldError {
    field: &'static str,
}

impl SseFieldError {
    pub(super) const fn of(field: &'static str) -> Self {
        Self { field }
    }
}

impl fmt::Display for SseFieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} of an event has a line break or a NUL in it: take it out", self.field)
    }
}

impl Error for SseFieldError {}

impl From<SseFieldError> for io::Error {
    fn from(error: SseFieldError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}
