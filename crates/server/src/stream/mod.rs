//! Stream servers: from the address to the closed connection.

mod accept;
mod builder;
mod connection;
mod handler;
mod listener;
mod prepare;
mod proxied;
#[cfg(feature = "tls")]
mod secure;
mod serve;
mod server;
mod stats;

pub use accept::{AcceptPolicy, OnFatal};
pub use builder::{ServeError, StartError, StreamServer};
pub use connection::{
    Connection, ConnectionId, Frames, Line, LineError, Lines, ReadFrames, ReadHalf, ReadLines, WriteFrames,
    WriteHalf,
};
pub use handler::{Handler, With, with};
pub use listener::{
    BindError, Listener, ListenerExt, MapIo, MemoryConnector, MemoryListener, SocketOptions, TapIo,
};
#[cfg(feature = "tls")]
pub use secure::StartTlsError;
pub use server::ServerHandle;
pub use stats::Stats;
