//! The socket as its handler has it.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use crate::facts::RequestFacts;
use crate::websocket::engine::Engine;
use crate::websocket::farewell::Farewell;
use crate::websocket::home::Home;
use crate::websocket::{Message, WebSocketError, WebSocketSender};

/// A WebSocket, from the side of the server. Made by [`upgrade`](crate::upgrade()) and
/// [`WebSocketUpgrade::on`](crate::WebSocketUpgrade::on), and handed to the closure given there.
///
/// While its handler waits in [`next`](Self::next), and only then, everything goes on that has to: the client's pings are answered,
/// a silent client is asked for a sign of life, what [senders](Self::sender) have put into the outbox is sent, and the end of the
/// server is told. So wait in `next` as a rule, in a `tokio::select!` with whatever else there is to wait for, as it is cancel
/// safe.
///
/// **It closes well**: when the handler has ended, what is in the outbox is sent, the client told why, and its answer waited for,
/// within a [deadline](crate::WebSocketUpgrade::close_deadline). A socket that the handler has given to another task is waited for.
///
/// When the server is stopping, the client is told so by 1001, and `next` gives `None`: so most handlers drain without a line of code.
/// One that waits for long elsewhere listens to the [stop signal](crate::RequestFacts::stop_signal) of its [`facts`](Self::facts).
///
/// # Examples
///
/// A feed that also listens:
///
/// ```
/// use greenroom_core::Queue;
/// use greenroom_http::{WebSocket, WebSocketError};
///
/// async fn feed(mut socket: WebSocket, news: Queue<String>) -> Result<(), WebSocketError> {
///     loop {
///         tokio::select! {
///             message = socket.next() => match message? {
///                 Some(message) => println!("it says {:?}", message.text()),
///                 None => return Ok(()),
///             },
///             Ok(news) = news.get() => socket.send(news).await?,
///         }
///     }
/// }
/// ```
pub struct WebSocket {
    /// `None` only while it is dropped.
    engine: Option<Box<Engine>>,
    home: Arc<Home>,
}

impl WebSocket {
    pub(super) const fn new(engine: Box<Engine>, home: Arc<Home>) -> Self {
        Self { engine: Some(engine), home }
    }

    /// The next message of the client. `None` when there is none any more: the client has closed it, it has been closed from
    /// here, or the server is stopping, and the client has been told so.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future loses nothing.
    ///
    /// # Errors
    ///
    /// When the client broke the protocol or a limit, does not answer, has gone, or is too slow. After that there is nothing
    /// more, and it gives `None`.
    pub async fn next(&mut self) -> Result<Option<Message>, WebSocketError> {
        let engine = self.engine_mut();
        poll_fn(|context| engine.poll_next(context)).await
    }

    /// Sends a message, after what is in the outbox. Waits until the system has taken it, which it does when the client takes what
    /// was sent before.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is ready, the message is sent whole or not at all.
    ///
    /// # Errors
    ///
    /// When the socket is closed, and the client has gone, or takes nothing for too long.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), WebSocketError> {
        let engine = self.engine_mut();
        let mut message = Some(message.into());
        poll_fn(|context| engine.poll_send(&mut message, context)).await
    }

    /// Closes it: sends what is in the outbox, tells the client why, and waits for its answer, passing over what it still says.
    /// All within the [deadline](crate::WebSocketUpgrade::close_deadline).
    ///
    /// A reason is cut to 123 bytes. Closing what is closed does nothing.
    ///
    /// # Cancel safety
    ///
    /// Once polled, the socket closes, also if the future is dropped.
    ///
    /// # Panics
    ///
    /// If `code` is none that may be sent: 1000 to 1003, 1007 to 1014 and 3000 to 4999 are.
    pub async fn close(&mut self, code: u16, reason: &str) {
        let engine = self.engine_mut();
        engine.leave(Farewell::new(code, reason));
        poll_fn(|context| engine.poll_over(context)).await;
    }

    /// A handle by which others can send to it.
    #[must_use]
    pub fn sender(&self) -> WebSocketSender {
        WebSocketSender::new(Arc::clone(self.engine().outbox()))
    }

    /// The protocol that was agreed on, one of [`protocols`](crate::WebSocketUpgrade::protocols).
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        self.engine().protocol()
    }

    /// What is known of the request that it began with, and so of the client.
    #[must_use]
    pub fn facts(&self) -> &RequestFacts {
        self.engine().facts()
    }

    fn engine(&self) -> &Engine {
        match &self.engine {
            Some(engine) => engine,
            None => unreachable!("a socket has its engine until it is dropped"),
        }
    }

    fn engine_mut(&mut self) -> &mut Engine {
        match &mut self.engine {
            Some(engine) => engine,
            None => unreachable!("a socket has its engine until it is dropped"),
        }
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        if let Some(engine) = self.engine.take() {
            self.home.put(engine);
        }
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("id", &self.facts().id())
            .field("peer", self.facts().peer_addr())
            .finish_non_exhaustive()
    }
}
