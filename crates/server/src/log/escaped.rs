//! Text that others chose, made fit for the log.

use std::fmt::{self, Write};

/// Text that may quote what a client sent: it must not move the cursor of whoever reads the log, nor begin a line.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

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
