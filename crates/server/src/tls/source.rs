//! Where PEM comes from.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::tls::error::{TlsError, TlsErrorKind};

/// A file, or bytes that were given. What is in it is never shown.
#[derive(Clone)]
pub(super) enum Source {
    File(PathBuf),
    Given(Arc<[u8]>),
}

impl Source {
    pub(super) fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Given(_) => None,
        }
    }

    /// Blocks while the file is read.
    pub(super) fn read(&self) -> Result<Arc<[u8]>, TlsError> {
        match self {
            Self::File(path) => std::fs::read(path).map(Arc::from).map_err(|error| {
                TlsError::new(TlsErrorKind::Unreadable, "it cannot be read").at(self).because(error)
            }),
            Self::Given(bytes) => Ok(Arc::clone(bytes)),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Given(_) => f.write_str("the PEM that was given"),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
