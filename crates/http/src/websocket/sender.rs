//! Sending from elsewhere.

use std::fmt;
use std::sync::Arc;

use greenroom_core::{PutError, TryPutError};

use crate::websocket::farewell::Farewell;
use crate::websocket::outbox::Outbox;
use crate::websocket::{Message, WebSocketSendError, WebSocketTrySendError};

/// Sends to a [`WebSocket`](crate::WebSocket) from anywhere: from other tasks, from a table of listeners. Made by
/// [`WebSocket::sender`](crate::WebSocket::sender), and cheap to clone.
///
/// Messages go into the socket's outbox, which is bounded, and are sent in their order whenever its handler waits in
/// [`next`](crate::WebSocket::next) or [`send`](crate::WebSocket::send); **while the handler waits for something else they stay in
/// the outbox**. It does not keep the socket open.
///
/// To send to many, [`push`](Self::push) a clone of one message to each: it never waits, the clones share their bytes, and who is too
/// slow to keep up loses its connection instead of holding up the others.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Message, WebSocketSender};
///
/// fn tell_all(listeners: &mut Vec<WebSocketSender>, news: &str) {
///     let news = Message::from(news);
///     listeners.retain(|listener| listener.push(news.clone()).is_ok());
/// }
/// ```
#[derive(Clone)]
pub struct WebSocketSender(Arc<Outbox>);

impl WebSocketSender {
    pub(super) const fn new(outbox: Arc<Outbox>) -> Self {
        Self(outbox)
    }

    /// Puts a message into the outbox; waits until there is room.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, the message is sent whole, if its turn had come, or not at all.
    ///
    /// # Errors
    ///
    /// When the socket is closed, or closes while this waits.
    pub async fn send(&self, message: impl Into<Message>) -> Result<(), WebSocketSendError> {
        self.0.send(message.into()).await.map_err(|PutError(message)| WebSocketSendError(message))
    }

    /// Puts a message into the outbox, if there is room.
    ///
    /// # Errors
    ///
    /// When there is none, or the socket is closed.
    pub fn try_send(&self, message: impl Into<Message>) -> Result<(), WebSocketTrySendError> {
        self.0.try_send(message.into()).map_err(|error| match error {
            TryPutError::Full(message) => WebSocketTrySendError::Full(message),
            TryPutError::ShutDown(message) => WebSocketTrySendError::Closed(message),
        })
    }

    /// Puts a message into the outbox. **If that is full, the client is too slow, and is disconnected**: what is in the outbox is
    /// dropped, and the socket closed with 1013.
    ///
    /// # Errors
    ///
    /// When the socket is closed, or was too slow.
    pub fn push(&self, message: impl Into<Message>) -> Result<(), WebSocketSendError> {
        self.0.try_send(message.into()).map_err(|error| {
            if matches!(error, TryPutError::Full(_)) {
                self.0.condemn(Farewell::TOO_SLOW);
            }
            WebSocketSendError(error.into_inner())
        })
    }

    /// Closes the socket, when what is in the outbox has been sent. Its handler's [`next`](crate::WebSocket::next) gives `None`
    /// then. Of several who close it the first is heard.
    ///
    /// # Panics
    ///
    /// If `code` is none that may be sent: 1000 to 1003, 1007 to 1014 and 3000 to 4999 are.
    #[track_caller]
    pub fn close(&self, code: u16, reason: &str) {
        self.0.condemn(Farewell::new(code, reason));
    }

    /// Whether the socket is closed, or is closing.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.0.is_closed()
    }
}

impl fmt::Debug for WebSocketSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocketSender").field("is_closed", &self.is_closed()).finish_non_exhaustive()
    }
}
