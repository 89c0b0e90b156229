//! What handles a datagram.

use std::future::Future;

use crate::datagram::packet::Packet;
use crate::handler_output::HandlerOutput;

/// Handles datagrams, one at a time each.
///
/// Any `async fn(Packet)` is one, and so is any closure `Fn(Packet) -> Future`; implement it for a type of your own where
/// a closure is not enough.
///
/// Nothing a handler does touches another datagram: its error is logged and counted, and so is its panic.
///
/// **No wait, no task.** A handler is begun where the datagram was received, and most never have to wait: those cost
/// nothing more, and one after the other shares a task, with its [locals](greenroom_core::Local). A handler that does
/// have to wait keeps that task for itself, and receiving goes on in another. So a handler that computes for long
/// holds up its socket: let a [`ThreadPool`](greenroom_core::ThreadPool) do that, or yield first.
///
/// gevent's counterpart is the `handle` of a `DatagramServer`.
///
/// # Examples
///
/// ```
/// use greenroom_server::{DatagramHandler, Packet, ReplyError};
///
/// struct Greeter {
///     greeting: String,
/// }
///
/// impl DatagramHandler for Greeter {
///     type Output = Result<(), ReplyError>;
///
///     async fn handle(&self, packet: Packet) -> Result<(), ReplyError> {
///         packet.reply(self.greeting.clone()).await
///     }
/// }
/// ```
#[doc(alias = "handle")]
pub trait DatagramHandler: Send + Sync + 'static {
    /// What handling one datagram comes to.
    type Output: HandlerOutput;

    /// Handles one datagram.
    ///
    /// # Cancel safety
    ///
    /// The future is dropped when the handler is killed: when a stop has run out of grace. What must run in any case goes
    /// into [`finally`](greenroom_core::finally) or [`bracket`](greenroom_core::bracket).
    fn handle(&self, packet: Packet) -> impl Future<Output = Self::Output> + Send;
}

impl<F, Fut> DatagramHandler for F
where
    F: Fn(Packet) -> Fut + Send + Sync + 'static,
    Fut: Future<Output: HandlerOutput> + Send,
{
    type Output = Fut::Output;

    fn handle(&self, packet: Packet) -> impl Future<Output = Self::Output> + Send {
        self(packet)
    }
}
