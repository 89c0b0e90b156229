//! Text that shares its bytes.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The text of a [`Message`](crate::Message): UTF-8 whose clones share one allocation. It derefs to [`str`].
///
/// # Examples
///
/// ```
/// use greenroom_http::MessageText;
///
/// let text = MessageText::from(format!("{} o'clock", 8));
/// assert!(text.starts_with("8 ") && text == "8 o'clock");
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageText(pub(super) Utf8Bytes);

impl MessageText {
    /// Of a text that is part of the program: nothing is allocated.
    #[must_use]
    pub const fn from_static(text: &'static str) -> Self {
        Self(Utf8Bytes::from_static(text))
    }

    /// As a slice.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl Deref for MessageText {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for MessageText {
    fn as_ref(&self) -> &str {
        self
    }
}

impl AsRef<[u8]> for MessageText {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl From<&str> for MessageText {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for MessageText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<MessageText> for Bytes {
    fn from(text: MessageText) -> Self {
        text.0.into()
    }
}

impl From<MessageText> for String {
    fn from(text: MessageText) -> Self {
        text.as_str().to_owned()
    }
}

impl PartialEq<str> for MessageText {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for MessageText {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl fmt::Debug for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.as_str(), f)
    }
}
