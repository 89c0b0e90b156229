//! The rendezvous: nothing is stored, a put meets a get.

mod channel;
mod get;
mod put;
mod state;
mod stream;

pub use channel::Channel;
pub use get::ChannelGet;
pub use put::ChannelPut;
pub use stream::ChannelStream;
