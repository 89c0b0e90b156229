//! Why a task was killed.

use std::fmt;
use std::sync::Arc;

/// Why a task was killed, in words for people; empty unless the killer gave one.
///
/// It travels inside [`Exit::Killed`](crate::Exit::Killed). Made from a string: `task.kill().reason("shutting down")`.
/// gevent passes an exception to `kill` for this.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Reason(Option<Arc<str>>);

impl Reason {
    /// The words, empty if none were given.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }

    /// Whether no reason was given.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.as_str().is_empty()
    }
}

impl From<&str> for Reason {
    fn from(words: &str) -> Self {
        Self((!words.is_empty()).then(|| words.into()))
    }
}

impl From<String> for Reason {
    fn from(words: String) -> Self {
        Self::from(words.as_str())
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
