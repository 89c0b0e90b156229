//! One event.

use std::fmt;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use crate::sse::SseFieldError;

/// A server-sent event: data, and what goes with it.
///
/// No text can break out of its field: each line of data is a line of data at the client, and a name or an id that would end its
/// line is refused. A clone shares its bytes: one event for many clients is written once.
///
/// # Examples
///
/// ```
/// use greenroom_http::SseEvent;
///
/// let event = SseEvent::new("first line\nsecond line").event("note")?.id("7")?;
/// assert_eq!(event.to_string(), "data: first line\ndata: second line\nevent: note\nid: 7\n");
/// # Ok::<_, greenroom_http::SseFieldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "it has to be sent"]
pub struct SseEvent {
    /// Its lines, without the empty one that ends it.
    lines: Bytes,
}

impl SseEvent {
    /// An event with this data, which may have several lines, ended by `\n`, `\r\n` or `\r`.
    pub fn new(data: impl AsRef<str>) -> Self {
        Self { lines: Bytes::new() }.with_lines("data", data.as_ref())
    }

    /// An event with a name of the program's own, by which a browser's listeners choose, and with this data. For names from
    /// elsewhere see [`event`](Self::event).
    ///
    /// # Panics
    ///
    /// If there is a line break or a NUL in the name.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_http::SseEvent;
    ///
    /// assert_eq!(SseEvent::named("tick", "8").to_string(), "event: tick\ndata: 8\n");
    /// ```
    #[track_caller]
    pub fn named(name: &'static str, data: impl AsRef<str>) -> Self {
        match (Self { lines: Bytes::new() }).event(name) {
            Ok(event) => event.with_lines("data", data.as_ref()),
            Err(error) => panic!("{error}"),
        }
    }

    /// No event: a comment, which clients pass over.
    pub fn comment(text: impl AsRef<str>) -> Self {
        Self { lines: Bytes::new() }.with_lines("", text.as_ref())
    }

    /// No event: how long clients are to wait before they connect again, from now on.
    pub fn retry(wait: Duration) -> Self {
        Self { lines: Bytes::new() }.with_line("retry", &wait.as_millis().to_string())
    }

    /// Its name, by which a browser's listeners choose; where it is part of the program, see [`named`](Self::named). Default: none, which is `message` in a browser.
    ///
    /// # Errors
    ///
    /// If there is a line break or a NUL in it.
    pub fn event(self, name: impl AsRef<str>) -> Result<Self, SseFieldError> {
        self.with_checked("event", name.as_ref())
    }

    /// What a client that comes back says it has seen last, see [`last_event_id`](crate::last_event_id). Default: none.
    ///
    /// # Errors
    ///
    /// If there is a line break or a NUL in it.
    pub fn id(self, id: impl AsRef<str>) -> Result<Self, SseFieldError> {
        self.with_checked("id", id.as_ref())
    }

    /// An id that is a number, which fits into its line: where events are counted, no error needs to be looked at.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_http::SseEvent;
    ///
    /// assert_eq!(SseEvent::new("x").numbered(7).to_string(), "data: x\nid: 7\n");
    /// ```
    pub fn numbered(self, id: u64) -> Self {
        self.with_line("id", &id.to_string())
    }

    /// Also tells clients how long to wait before they connect again.
    pub fn with_retry(self, wait: Duration) -> Self {
        self.with_line("retry", &wait.as_millis().to_string())
    }

    pub(super) fn lines(&self) -> &[u8] {
        &self.lines
    }

    fn with_checked(self, field: &'static str, text: &str) -> Result<Self, SseFieldError> {
        if text.contains(['\r', '\n', '\0']) {
            return Err(SseFieldError::of(if field == "event" { "name" } else { field }));
        }
        Ok(self.with_line(field, text))
    }

    fn with_lines(self, field: &str, text: &str) -> Self {
        let mut event = self;
        let mut rest = text;
        while let Some(end) = rest.find(['\r', '\n']) {
            event = event.with_line(field, &rest[..end]);
            let long = if rest[end..].starts_with("\r\n") { 2 } else { 1 };
            rest = &rest[end + long..];
        }
        event.with_line(field, rest)
    }

    fn with_line(self, field: &str, text: &str) -> Self {
        let mut lines = self.lines.try_into_mut().unwrap_or_else(|shared| BytesMut::from(&shared[..]));
        for part in [field, ": ", text, "\n"] {
            lines.extend_from_slice(part.as_bytes());
        }
        Self { lines: lines.freeze() }
    }
}

/// An event with this data.
impl From<&str> for SseEvent {
    fn from(data: &str) -> Self {
        Self::new(data)
    }
}

/// An event with this data.
impl From<String> for SseEvent {
    fn from(data: String) -> Self {
        Self::new(data)
    }
}

/// As it is sent, without the empty line that ends it.
impl fmt::Display for SseEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.lines))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::SseEvent;

    #[test]
    fn every_line_of_data_is_a_line_of_data() {
        for text in ["a\nb\nc", "a\r\nb\r\nc", "a\rb\rc", "a\r\nb\rc"] {
            assert_eq!(SseEvent::new(text).to_string(), "data: a\ndata: b\ndata: c\n");
        }
        assert_eq!(SseEvent::new("").to_string(), "data: \n");
        assert_eq!(SseEvent::new("x\n\nid: 9").to_string(), "data: x\ndata: \ndata: id: 9\n");
        assert_eq!(SseEvent::comment("a\ndata: b").to_string(), ": a\n: data: b\n");
    }

    #[test]
    fn a_name_or_an_id_cannot_begin_another_field() {
        for bad in ["a\nb", "a\rb", "a\0b", "\n"] {
            let error = SseEvent::new("x").event(bad).unwrap_err();
            assert_eq!(
                error.to_string(),
                "the name of an event has a line break or a NUL in it: take it out"
            );
            assert!(SseEvent::new("x").id(bad).is_err());
        }
    }

    #[test]
    fn how_long_to_wait_is_told_in_milliseconds() {
        assert_eq!(SseEvent::retry(Duration::from_secs(3)).to_string(), "retry: 3000\n");
        let event = SseEvent::new("x").with_retry(Duration::from_millis(20));
        assert_eq!(event.to_string(), "data: x\nretry: 20\n");
    }

    #[test]
    fn what_is_added_to_a_clone_is_not_added_to_the_other() {
        let one = SseEvent::new("x");
        let other = one.clone().id("1").unwrap();
        assert_eq!(one.to_string(), "data: x\n");
        assert_eq!(other.to_string(), "data: x\nid: 1\n");
    }
}
