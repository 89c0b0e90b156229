use std::fmt;

use tracing::Level;

/// One event of `tracing`. Shown, it is `LEVEL message field=value ...`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogLine {
    /// How grave it is.
    pub level: Level,
    /// Where it comes from: a module's path, or what was written in its place.
    pub target: String,
    /// The message, and behind it the fields: `message field=value ...`.
    pub text: String,
    /// The spans it was said in, outermost first, each as `name{field=value ...}`.
    pub spans: Vec<String>,
}

impl fmt::Display for LogLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.text)
    }
}
