//! A datagram in a handler's hands, and the way back to its peer.

mod allowance;
mod outlet;
mod packet;
mod reply;
mod reply_error;
mod reply_send;

pub(crate) use allowance::Allowance;
pub(crate) use outlet::Outlet;
pub use packet::Packet;
pub use reply::Reply;
pub use reply_error::ReplyError;
pub use reply_send::ReplySend;
