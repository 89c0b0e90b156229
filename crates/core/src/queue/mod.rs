//! Queues between tasks: first in first out, last in first out, by priority; and the rendezvous.
//!
//! `state` holds the one lock's content and its invariants; every other file is one thing a handle can do.

mod channel;
mod get;
mod get_error;
mod heap;
mod job;
mod join;
mod loan;
mod peek;
mod put;
mod put_error;
mod queue;
mod reserve;
mod shutdown;
mod slot;
mod state;
mod store;
mod stream;
mod wakes;

#[cfg(all(test, greenroom_loom))]
mod loom_tests;

pub use channel::{Channel, ChannelGet, ChannelPut, ChannelStream};
pub use get::QueueGet;
pub use get_error::{GetError, TryGetError};
pub use job::{GetJob, Job, JobGuard};
pub use join::{QueueJoin, TaskDoneError};
pub use peek::QueuePeek;
pub use put::QueuePut;
pub use put_error::{PutError, TryPutError};
pub use queue::Queue;
pub use reserve::Reserve;
pub use slot::Slot;
pub use stream::QueueStream;
