//! How others reach an actor.

use std::fmt;
use std::sync::Arc;

use crate::queue::{Queue, QueuePut, TryPutError};
use crate::task::{AnyTask, Join, Kill};

/// A handle to an actor: its inbox and its task.
///
/// Clones reach the same actor. **When the last is dropped the actor receives what is in its inbox and ends.** Made by
/// [`spawn_actor`](crate::spawn_actor).
pub struct ActorRef<M> {
    address: Arc<Address<M>>,
}

struct Address<M> {
    inbox: Queue<M>,
    task: AnyTask,
}

impl<M> Drop for Address<M> {
    fn drop(&mut self) {
        self.inbox.shutdown();
    }
}

impl<M> ActorRef<M> {
    pub(super) fn new(inbox: Queue<M>, task: AnyTask) -> Self {
        Self { address: Arc::new(Address { inbox, task }) }
    }

    /// Puts a message into the inbox, waiting for room if the inbox is bounded.
    ///
    /// # Errors
    ///
    /// [`PutError`](crate::PutError) with the message, when the actor is over or was told to stop.
    ///
    /// # Cancel safety
    ///
    /// As [`Queue::put`]: dropped before it stored the message, the put never happens.
    pub fn put(&self, message: M) -> QueuePut<M, &Queue<M>> {
        self.address.inbox.put(message)
    }

    /// Puts a message into the inbox if there is room now.
    ///
    /// # Errors
    ///
    /// [`TryPutError`] with the message: no room, or the actor is over or was told to stop.
    #[doc(alias = "put_nowait")]
    pub fn try_put(&self, message: M) -> Result<(), TryPutError<M>> {
        self.address.inbox.try_put(message)
    }

    /// The inbox, for everything else that a queue can do. A clone of it does not keep the actor alive.
    #[must_use]
    pub fn inbox(&self) -> &Queue<M> {
        &self.address.inbox
    }

    /// The actor's task, to link to, or to wait for together with others.
    #[must_use]
    pub fn task(&self) -> &AnyTask {
        &self.address.task
    }

    /// Tells the actor to end after the messages that are in its inbox. To wait for that, [`join`](Self::join).
    pub fn stop(&self) {
        self.address.inbox.shutdown();
    }

    /// Waits until the actor is over, and tells how it ended.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the wait, nothing else.
    ///
    /// # Panics
    ///
    /// When the actor waits for itself, which would be for ever.
    pub fn join(&self) -> Join {
        self.address.task.join()
    }

    /// Ends the actor at its next suspension, and waits until it is over; see [`AnyTask::kill`].
    ///
    /// # Cancel safety
    ///
    /// Once polled, the kill stands; dropping the future only ends the wait.
    pub fn kill(&self) -> Kill {
        self.address.task.kill()
    }
}

impl<M> Clone for ActorRef<M> {
    fn clone(&self) -> Self {
        Self { address: self.address.clone() }
    }
}

impl<M> fmt::Debug for ActorRef<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActorRef")
            .field("task", &self.address.task)
            .field("inbox", &self.address.inbox)
            .finish()
    }
}
