//! Starting an actor.

use std::any::type_name;
use std::error::Error;
use std::ops::ControlFlow;
use std::panic::Location;

use super::actor::Actor;
use super::actor_ref::ActorRef;
use super::receive_output::ReceiveOutput;
use crate::cleanup::bracket;
use crate::queue::Queue;
use crate::task::{Fallible, TaskBuilder};

/// Starts an actor with an unbounded inbox. Its task is named after its type.
///
/// See [`Actor`] for when it ends.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use std::ops::ControlFlow;
/// use greenroom_core::{Actor, spawn_actor};
///
/// struct Patient(u32);
///
/// impl Actor for Patient {
///     type Message = &'static str;
///     type Output = ControlFlow<()>;
///
///     async fn receive(&mut self, poke: &'static str) -> ControlFlow<()> {
///         self.0 -= 1;
///         println!("{poke}: {} left", self.0);
///         if self.0 == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
///     }
/// }
///
/// let patient = spawn_actor(Patient(2));
/// patient.put("one").await.unwrap();
/// patient.put("two").await.unwrap();
/// assert!(patient.join().await.is_finished());
/// assert!(patient.put("three").await.is_err());
/// # }
/// ```
#[track_caller]
pub fn spawn_actor<A: Actor>(actor: A) -> ActorRef<A::Message> {
    spawn_actor_with(Queue::unbounded(), actor)
}

/// Starts an actor with an inbox of your own: a bounded one, so that those who put messages wait while it is full; one
/// that sorts; or one that the actor knows, so that it can put messages to itself.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Examples
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use greenroom_core::{Actor, Queue, spawn_actor_with};
///
/// struct Countdown(Queue<u32>);
///
/// impl Actor for Countdown {
///     type Message = u32;
///     type Output = ();
///
///     async fn receive(&mut self, number: u32) {
///         match number {
///             0 => self.0.shutdown(), // stops itself
///             _ => self.0.put(number - 1).await.unwrap(),
///         }
///     }
/// }
///
/// let inbox = Queue::unbounded();
/// let countdown = spawn_actor_with(inbox.clone(), Countdown(inbox));
/// countdown.put(3).await.unwrap();
/// assert!(countdown.join().await.is_finished());
/// # }
/// ```
#[track_caller]
pub fn spawn_actor_with<A: Actor>(inbox: Queue<A::Message>, actor: A) -> ActorRef<A::Message> {
    let receiving = Receiving(inbox.clone());
    let run = bracket(actor, async move |actor: &mut A| receiving.run(actor).await, A::stopped);
    let task = TaskBuilder::new().name(type_name::<A>()).launch::<_, Fallible>(run, Location::caller());
    ActorRef::new(inbox, task.into())
}

/// The inbox while it is read; when nobody reads it any more it refuses messages, and what is in it is dropped.
struct Receiving<M>(Queue<M>);

impl<M> Receiving<M> {
    async fn run<A: Actor<Message = M>>(&self, actor: &mut A) -> Result<(), Box<dyn Error + Send + Sync>> {
        actor.started().await;
        while let Ok(message) = self.0.get().await {
            if let ControlFlow::Break(end) = actor.receive(message).await.verdict() {
                return end;
            }
        }
        Ok(())
    }
}

impl<M> Drop for Receiving<M> {
    fn drop(&mut self) {
        self.0.shutdown_now();
    }
}
