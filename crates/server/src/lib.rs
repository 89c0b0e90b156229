//! The line from accept to drain: an address and a handler make a server that stays up.
//!
//! The entry point is [`StreamServer`]. What happens to a connection, in order:
//!
//! ```text
//!  Address ─▶ Listener ─▶ accept loop ─▶ task ( Handler ─▶ close ) ─▶ permit back
//!               Limits ───▶ permit ┘ └ backoff · fault
//! ```
//!
//! A permit of [`Limits`] is taken first, then the connection is accepted, so overload waits in the kernel's backlog.
//! The [`Handler`] runs in a task of its own, and whatever happens to it, the loop goes on. A [`StopSignal`] tells
//! everybody when it is time to go.

mod address;
mod backoff;
mod connect;
mod datagram;
mod drain;
mod fault;
mod handler_output;
mod limit;
mod log;
mod stop;
mod stream;
mod sync;
mod terminate;

pub use address::{Address, AddressError, SockAddr};
pub use backoff::Backoff;
pub use connect::{ClientStream, Connect, ConnectError, connect};
pub use datagram::{
    DatagramHandle, DatagramHandler, DatagramServeError, DatagramServer, DatagramSocket, DatagramStartError,
    DatagramStats, Overflow, Packet, Reply, ReplyError, ReplySend, Session, SessionHandler, SessionServer,
    Sessions,
};
pub use drain::{Fate, Guest, Phase, ServerEnd, StopReport, Straggler};
pub use fault::AcceptError;
pub use handler_output::HandlerOutput;
pub use limit::Limits;
pub use stop::{StopSignal, Stopped, Stopper};
pub use stream::{
    BindError, Connection, ConnectionId, Handler, Line, LineError, Lines, Listener, ListenerExt, MapIo,
    MemoryConnector, MemoryListener, ReadHalf, ReadLines, ServeError, ServerHandle, SocketOptions,
    StartError, Stats, StreamServer, TapIo, With, WriteHalf, with,
};
pub use terminate::{Terminate, Termination, terminate};
