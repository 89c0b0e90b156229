//! What a task is called.

use std::fmt;
use std::sync::{Arc, OnceLock};

/// A name that may be written out only when somebody asks.
#[derive(Clone)]
pub(crate) struct Name {
    text: OnceLock<Box<str>>,
    of: Option<Arc<dyn fmt::Display + Send + Sync>>,
}

impl Name {
    pub(crate) fn written(text: Box<str>) -> Self {
        Self { text: OnceLock::from(text), of: None }
    }

    /// As this displays itself.
    pub(crate) const fn of(named: Arc<dyn fmt::Display + Send + Sync>) -> Self {
        Self { text: OnceLock::new(), of: Some(named) }
    }

    pub(crate) fn text(&self) -> &str {
        self.text.get_or_init(|| self.of.as_ref().map_or_else(Box::default, |of| of.to_string().into()))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text().fmt(f)
    }
}
