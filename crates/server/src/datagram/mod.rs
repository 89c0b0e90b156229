//! Datagram servers: from the address to the reply.

mod builder;
mod handler;
mod packet;
mod receive;
mod serve;
mod server;
mod session;
mod socket;
mod stats;

pub use builder::{DatagramServeError, DatagramServer, DatagramStartError, SessionServer};
pub use handler::DatagramHandler;
pub use packet::{Packet, Reply, ReplyError, ReplySend};
pub use serve::Overflow;
pub use server::DatagramHandle;
pub use session::{Session, SessionHandler, Sessions};
pub use socket::DatagramSocket;
pub use stats::DatagramStats;
