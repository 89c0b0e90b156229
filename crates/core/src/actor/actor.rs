//! What a user writes.

use super::receive_output::ReceiveOutput;

/// A task that receives messages, one after the other, and keeps a state of its own between them.
///
/// Started by [`spawn_actor`](crate::spawn_actor); others reach it through its [`ActorRef`](crate::ActorRef). It ends
///
/// * when it is told to [`stop`](crate::ActorRef::stop), after the messages that came before;
/// * when the last [`ActorRef`](crate::ActorRef) to it is dropped, after the messages that came before: nobody could
///   reach it any more;
/// * when [`receive`](Self::receive) returns `ControlFlow::Break(())` or an error, or panics;
/// * when it is killed, at the next suspension; a message that was being received is dropped half-way.
///
/// **Two actors that hold references to each other keep each other alive**; one of them must be stopped. An actor that
/// needs its own address keeps its inbox instead, which does not count: see [`spawn_actor_with`](crate::spawn_actor_with).
///
/// However it ends, its inbox refuses messages from then on, those left in it are dropped, and
/// [`stopped`](Self::stopped) runs to its end.
///
/// gevent: the `Actor` of the tutorial, a greenlet with a queue.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Actor, Queue, spawn_actor};
///
/// struct Adder {
///     sum: u32,
///     result: Queue<u32>,
/// }
///
/// impl Actor for Adder {
///     type Message = u32;
///     type Output = ();
///
///     async fn receive(&mut self, number: u32) {
///         self.sum += number;
///     }
///
///     async fn stopped(self) {
///         self.result.put(self.sum).await.ok();
///     }
/// }
///
/// let result = Queue::unbounded();
/// let adder = spawn_actor(Adder { sum: 0, result: result.clone() });
/// for number in 1..=4 {
///     adder.put(number).await.unwrap();
/// }
/// adder.stop();
/// assert_eq!(result.get().await.unwrap(), 10);
/// # }
/// ```
pub trait Actor: Sized + Send + 'static {
    /// What it receives.
    type Message: Send + 'static;

    /// What receiving a message returns: nothing, a `ControlFlow`, or a `Result`; see [`ReceiveOutput`].
    type Output: ReceiveOutput;

    /// Called once, before the first message. Does nothing by default.
    ///
    /// # Cancel safety
    ///
    /// A kill drops the future at its suspension.
    fn started(&mut self) -> impl Future<Output = ()> + Send {
        async {}
    }

    /// Called for each message, one after the other.
    ///
    /// # Cancel safety
    ///
    /// A kill drops the future at its suspension, and the message with it. What must be done to its end belongs into a
    /// [`shield`](crate::shield).
    fn receive(&mut self, message: Self::Message) -> impl Future<Output = Self::Output> + Send;

    /// Called once at the end, however that came, unless the task was killed before it ran at all. Does nothing by
    /// default.
    ///
    /// # Cancel safety
    ///
    /// No kill drops the future, only the end of a [`kill_within`](crate::AnyTask::kill_within).
    fn stopped(self) -> impl Future<Output = ()> + Send {
        async {}
    }
}
