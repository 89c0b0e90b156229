//! What an answer consists of.

mod body;
mod body_writer;
mod produced;
mod queue_feed;
mod streamed;

pub use body::Body;
pub use body_writer::{BodyWriter, ClientGone};
pub use queue_feed::QueueFeed;
