//! What a rule reports.

use std::fmt;

/// A place in the sources and what is wrong there. Line 0 means the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) path: String,
    pub(crate) line: usize,
    pub(crate) what: String,
}

impl Finding {
    pub(crate) fn new(path: impl Into<String>, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.into(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.what),
            line => write!(f, "{}:{line}: {}", self.path, self.what),
        }
    }
}

/// Fails with one line for each finding.
#[track_caller]
pub(crate) fn assert_kept(findings: &[Finding]) {
    let lines: Vec<String> = findings.iter().map(|finding| format!("\n  {finding}")).collect();
    assert!(findings.is_empty(), "{} broken:{}", findings.len(), lines.concat());
}

/// Fails unless the rule found exactly these: for each a path, a line and a part of what it says.
#[track_caller]
pub(crate) fn assert_found(findings: &[Finding], expected: &[(&str, usize, &str)]) {
    let fits = findings.len() == expected.len()
        && findings.iter().zip(expected).all(|(found, (path, line, part))| {
            found.path == *path && found.line == *line && found.what.contains(part)
        });
    assert!(fits, "expected {expected:#?}, found {findings:#?}");
}
