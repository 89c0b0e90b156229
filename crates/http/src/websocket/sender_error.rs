//! What sending from elsewhere says when it did not happen.

use std::error::Error;
use std::{fmt, io};

use crate::websocket::Message;

/// The WebSocket is closed, or is closing; the message comes back.
///
/// As an [`io::Error`] it is a `BrokenPipe`, and the message is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "complete: there is nothing but the message to give back")]
pub struct WebSocketSendError(
    /// What was to be sent.
    pub Message,
);

impl fmt::Display for WebSocketSendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the WebSocket is closed")
    }
}

impl Error for WebSocketSendError {}

impl From<WebSocketSendError> for io::Error {
    fn from(_: WebSocketSendError) -> Self {
        Self::new(io::ErrorKind::BrokenPipe, "the WebSocket is closed")
    }
}

/// A message was not sent; it comes back.
///
/// As an [`io::Error`] it is `WouldBlock` or `BrokenPipe`, and the message is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "complete: it would have to wait, or waiting would be in vain")]
pub enum WebSocketTrySendError {
    /// The outbox is full.
    Full(Message),
    /// The WebSocket is closed, or is closing.
    Closed(Message),
}

impl WebSocketTrySendError {
    /// The message that was not sent.
    #[must_use]
    pub fn into_inner(self) -> Message {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }
}

impl fmt::Display for WebSocketTrySendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full(_) => "the outbox of the WebSocket is full",
            Self::Closed(_) => "the WebSocket is closed",
        })
    }
}

impl Error for WebSocketTrySendError {}

impl From<WebSocketTrySendError> for io::Error {
    fn from(error: WebSocketTrySendError) -> Self {
        let kind = match error {
            WebSocketTrySendError::Full(_) => io::ErrorKind::WouldBlock,
            WebSocketTrySendError::Closed(_) => io::ErrorKind::BrokenPipe,
        };
        Self::new(kind, error.to_string())
    }
}
