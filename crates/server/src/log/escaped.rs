//! Text that others chose, made fit for the log.

use std::fmt::{self, Write};

/// Text that may quote what a client sent, to be displayed in a log: its control characters are escaped, so that it neither moves
/// the cursor of whoever reads the log nor begins a line.
///
/// # Examples
///
/// ```
/// use greenroom_server::Escaped;
///
/// assert_eq!(Escaped("GET /\r\nfake line").to_string(), r"GET /\r\nfake line");
/// ```
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it is a way to write a text, and nothing else")]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| {
            if c.is_control() { write!(f, "{}", c.escape_default()) } else { f.write_char(c) }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn control_characters_do_not_reach_the_log() {
        let text = "bad \"name\" \u{1b}[2J\r\nfake line\tü";
        assert_eq!(Escaped(text).to_string(), r#"bad "name" \u{1b}[2J\r\nfake line\tü"#);
    }
}
