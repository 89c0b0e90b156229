//! How a WebSocket ends that did not end well.

use std::error::Error;
use std::{fmt, io};

use tokio_tungstenite::tungstenite;
use tungstenite::error::ProtocolError;

/// Why a [`WebSocket`](crate::WebSocket) broke. The client has been told, where there is something to tell and somebody to tell it
/// to; after an error [`next`](crate::WebSocket::next) gives `None`.
#[derive(Debug)]
#[non_exhaustive]
pub enum WebSocketError {
    /// The client broke the protocol, and was told so by 1002.
    Protocol(&'static str),
    /// The client sent a text that is not UTF-8, and was told so by 1007.
    NotUtf8,
    /// The client sent a message or a frame above the limit, and was told so by 1009.
    TooLarge,
    /// The client sent more pings and pongs than the limit allows, and was told so by 1008.
    Flood,
    /// There was no sign of life from the client, though it was asked for one, or it took nothing of what was sent.
    TimedOut,
    /// An outbox was full when something was [pushed](crate::WebSocketSender::push): the client was told so by 1013.
    TooSlow,
    /// The client has gone without closing.
    Gone,
    /// There is nothing to send to: the socket is closed, or is closing.
    Closed,
    /// What reading from or writing to the connection failed with.
    Io(io::Error),
}

impl fmt::Display for WebSocketError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Protocol(how) => return write!(f, "the client broke the WebSocket protocol: {how}"),
            Self::NotUtf8 => "the client sent text that is not UTF-8",
            Self::TooLarge => "the client sent a message above the limit",
            Self::Flood => "the client sent too many pings and pongs",
            Self::TimedOut => "there was no sign of life from the client",
            Self::TooSlow => "the client was too slow for what was sent to it",
            Self::Gone => "the client has gone without closing the WebSocket",
            Self::Closed => "the WebSocket is closed",
            Self::Io(_) => "the connection of the WebSocket failed",
        })
    }
}

impl Error for WebSocketError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => Some(error),
            _ => None,
        }
    }
}

impl From<WebSocketError> for io::Error {
    fn from(error: WebSocketError) -> Self {
        let kind = match &error {
            WebSocketError::Protocol(_) | WebSocketError::NotUtf8 | WebSocketError::TooLarge => {
                io::ErrorKind::InvalidData
            }
            WebSocketError::Flood => io::ErrorKind::InvalidData,
            WebSocketError::TimedOut | WebSocketError::TooSlow => io::ErrorKind::TimedOut,
            WebSocketError::Gone => io::ErrorKind::ConnectionReset,
            WebSocketError::Closed => io::ErrorKind::BrokenPipe,
            WebSocketError::Io(error) => error.kind(),
        };
        Self::new(kind, error)
    }
}

impl WebSocketError {
    pub(super) fn of(error: tungstenite::Error) -> Self {
        match error {
            tungstenite::Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Self::Gone,
            tungstenite::Error::Protocol(error) => Self::Protocol(words(&error)),
            tungstenite::Error::Utf8(_) => Self::NotUtf8,
            tungstenite::Error::Capacity(_) => Self::TooLarge,
            tungstenite::Error::ConnectionClosed | tungstenite::Error::AlreadyClosed => Self::Closed,
            tungstenite::Error::Io(error) => match error.kind() {
                io::ErrorKind::ConnectionReset
                | io::ErrorKind::ConnectionAborted
                | io::ErrorKind::BrokenPipe
                | io::ErrorKind::UnexpectedEof
                | io::ErrorKind::NotConnected => Self::Gone,
                io::ErrorKind::TimedOut => Self::TimedOut,
                _ => Self::Io(error),
            },
            other => Self::Io(io::Error::other(other)),
        }
    }
}

/// tungstenite's words are for the log of a developer; these also go to the client.
fn words(error: &ProtocolError) -> &'static str {
    match error {
        ProtocolError::UnmaskedFrameFromClient => "a frame that is not masked",
        ProtocolError::NonZeroReservedBits => "a reserved bit",
        ProtocolError::FragmentedControlFrame => "a control frame in fragments",
        ProtocolError::ControlFrameTooBig => "a control frame of more than 125 bytes",
        ProtocolError::UnknownControlFrameType(_)
        | ProtocolError::UnknownDataFrameType(_)
        | ProtocolError::InvalidOpcode(_) => "an unknown kind of frame",
        ProtocolError::UnexpectedContinueFrame => "a continuation of nothing",
        ProtocolError::ExpectedFragment(_) => "a message within a message",
        ProtocolError::InvalidCloseSequence => "a close without a whole code",
        ProtocolError::ReceivedAfterClosing => "a frame after a close",
        _ => "a frame that makes no sense",
    }
}
