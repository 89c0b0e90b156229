//! Stream servers: from the address to the closed connection.

mod accept;
mod builder;
mod connection;
mod handler;
mod listener;
mod serve;
mod server;
mod stats;

pub use builder::{ServeError, StartError, StreamServer};
pub use connection::{Connection, ConnectionId, Line, LineError, Lines, ReadHalf, ReadLines, WriteHalf};
pub use handler::{Handler, With, with};
pub use listener::{
    BindError, Listener, ListenerExt, MapIo, MemoryConnector, MemoryListener, SocketOptions, TapIo,
};
pub use server::ServerHandle;
pub use stats::Stats;
