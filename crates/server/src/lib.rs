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

#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(not(feature = "tls"), allow(dead_code, reason = "what TLS plugs into is there without it"))]

// A macro is known to what stands below it.
#[macro_use]
mod debug_as_display;

mod address;
mod backoff;
mod chunk;
mod connect;
#[cfg(feature = "tls")]
mod connect_tls;
mod datagram;
mod deadline;
mod drain;
mod fault;
mod handler_output;
mod limit;
mod log;
mod pause;
mod proxy;
mod reserve;
mod stop;
mod stream;
mod sync;
mod terminate;
#[cfg(feature = "tls")]
mod tls;

pub use address::{Address, AddressError, SockAddr};
pub use backoff::Backoff;
pub use chunk::Chunk;
pub use connect::{ClientStream, Connect, ConnectError, connect};
#[cfg(feature = "tls")]
pub use connect_tls::{ConnectTlsError, TlsClientStream, connect_tls};
pub use datagram::{
    DatagramHandle, DatagramHandler, DatagramServeError, DatagramServer, DatagramSocket, DatagramStartError,
    DatagramStats, Overflow, Packet, Reply, ReplyError, ReplySend, Session, SessionHandler, SessionServer,
    Sessions,
};
pub use deadline::{Deadline, DeadlineError, Deadlines};
pub use drain::{Fate, Guest, Phase, ServerEnd, StopReport, Straggler};
pub use fault::{AcceptError, ErrorClass};
pub use handler_output::HandlerOutput;
pub use limit::{Limits, raise_nofile};
pub use log::Escaped;
pub use proxy::{
    ProxyEncodeError, ProxyHeader, ProxyHeaderError, ProxyNetworkError, ProxyParsed, ProxyProtocol, ProxySsl,
};
pub use stop::{StopSignal, Stopped, Stopper};
#[cfg(feature = "tls")]
pub use stream::StartTlsError;
pub use stream::{
    AcceptPolicy, BindError, Connection, ConnectionId, Frames, Handler, Line, LineError, Lines, Listener,
    ListenerExt, MapIo, MemoryConnector, MemoryListener, OnFatal, ReadFrames, ReadHalf, ReadLines,
    ServeError, ServerHandle, SocketOptions, StartError, Stats, StreamServer, TapIo, With, WriteFrames,
    WriteHalf, with,
};
pub use terminate::{Terminate, Termination, terminate};
#[cfg(feature = "tls")]
pub use tls::{
    CertificateInfo, ClientCertificates, HandshakeError, HandshakeErrorKind, Tls, TlsBuilder, TlsClient,
    TlsError, TlsErrorKind, TlsFacts, TlsVersions, TlsWatch,
};
