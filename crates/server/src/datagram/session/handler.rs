//! What serves a session.

use std::future::Future;

use crate::datagram::session::session::Session;
use crate::handler_output::HandlerOutput;

/// Serves sessions, each in a task of its own.
///
/// Any `async fn(Session)` is one, and so is any closure `Fn(Session) -> Future`; implement it for a type of your own
/// where a closure is not enough.
///
/// Nothing a handler does touches another session: its error is logged and counted, and so is its panic.
///
/// # Examples
///
/// ```
/// use greenroom_server::{ReplyError, Session, SessionHandler};
///
/// struct Prefix(&'static str);
///
/// impl SessionHandler for Prefix {
///     type Output = Result<(), ReplyError>;
///
///     async fn handle(&self, mut session: Session) -> Result<(), ReplyError> {
///         while let Some(packet) = session.recv().await {
///             session.send([self.0.as_bytes(), &packet].concat()).await?;
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait SessionHandler: Send + Sync + 'static {
    /// What serving one session comes to.
    type Output: HandlerOutput;

    /// Serves one session, until it returns.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the handler is killed: when a stop has run out of grace. What must run in any case goes
    /// into [`finally`](greenroom_core::finally) or [`bracket`](greenroom_core::bracket).
    fn handle(&self, session: Session) -> impl Future<Output = Self::Output> + Send;
}

impl<F, Fut> SessionHandler for F
where
    F: Fn(Session) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send,
{
    type Output = Fut::Output;

    fn handle(&self, session: Session) -> impl Future<Output = Self::Output> + Send {
        self(session)
    }
}
