//! Tasks with an inbox.

mod actor;
mod actor_ref;
mod receive_output;
mod spawn_actor;

pub use actor::Actor;
pub use actor_ref::ActorRef;
pub use receive_output::ReceiveOutput;
pub use spawn_actor::{spawn_actor, spawn_actor_with};
