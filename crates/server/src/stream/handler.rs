//! What serves a connection.

use std::fmt;
use std::future::Future;

use crate::handler_output::HandlerOutput;
use crate::stream::connection::Connection;

/// Serves connections, each in a task of its own.
///
/// Any `async fn(Connection)` is one, and so is any closure `Fn(Connection) -> Future`; implement it for a type of your
/// own where a closure is not enough. [`with`] hands each connection a clone of some state.
///
/// Nothing a handler does touches another connection: its error is logged and counted, and so is its panic, and
/// the connection is closed in any case.
///
/// gevent's counterpart is the `handle` of its servers.
///
/// # Examples
///
/// ```
/// use std::io;
/// use greenroom_server::{Connection, Handler};
///
/// struct Greeter {
///     greeting: String,
/// }
///
/// impl Handler for Greeter {
///     type Output = io::Result<()>;
///
///     async fn handle(&self, mut conn: Connection) -> io::Result<()> {
///         conn.send_line(&self.greeting).await
///     }
/// }
/// ```
#[doc(alias = "handle")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler of connections",
    label = "not an `async fn(Connection)`",
    note = "a handler is an `async fn(Connection)`, or a closure that takes a `Connection` and gives a future that is `Send`",
    note = "for a handler with state, `async fn(State, Connection)`, write `with(state, handler)`"
)]
pub trait Handler: Send + Sync + 'static {
    /// What serving one connection comes to.
    type Output: HandlerOutput;

    /// Serves one connection, until it returns.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the handler is killed: when a stop has run out of grace. What must run in any case goes
    /// into [`finally`](greenroom_core::finally) or [`bracket`](greenroom_core::bracket).
    fn handle(&self, connection: Connection) -> impl Future<Output = Self::Output> + Send;
}

impl<F, Fut> Handler for F
where
    F: Fn(Connection) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send,
{
    type Output = Fut::Output;

    fn handle(&self, connection: Connection) -> impl Future<Output = Self::Output> + Send {
        self(connection)
    }
}

/// A handler that hands each connection a clone of `state`.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU64, Ordering};
/// use greenroom_server::{Connection, with};
///
/// let visitors = Arc::new(AtomicU64::new(0));
/// let handler = with(visitors, async |visitors, mut conn: Connection| {
///     let n = visitors.fetch_add(1, Ordering::Relaxed) + 1;
///     conn.send_line(format!("you are number {n}")).await
/// });
/// # fn is_handler(_: impl greenroom_server::Handler) {}
/// # is_handler(handler);
/// ```
pub fn with<S, F, Fut>(state: S, handle: F) -> With<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Connection) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send,
{
    With { state, handle }
}

/// A handler and the state it hands to each connection. Made by [`with`].
#[derive(Clone)]
pub struct With<S, F> {
    state: S,
    handle: F,
}

impl<S, F, Fut> Handler for With<S, F>
where
    S: Clone + Send + Sync + 'static,
    F: Fn(S, Connection) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send,
{
    type Output = Fut::Output;

    fn handle(&self, connection: Connection) -> impl Future<Output = Self::Output> + Send {
        (self.handle)(self.state.clone(), connection)
    }
}

impl<S: fmt::Debug, F> fmt::Debug for With<S, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("With").field("state", &self.state).finish_non_exhaustive()
    }
}
