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
mod chunk;
mod deadline;
mod drain;
mod fault;
mod limit;
mod proxy;
mod stop;
mod stream;
mod sync;
mod terminate;
#[cfg(feature = "tls")]
mod tls;

pub use address::{Address, AddressError, SockAddr};
pub use backoff::Backoff;
pub use chunk::Chunk;
pub use deadline::{Deadline, DeadlineError, Deadlines};
pub use drain::{Fate, Guest, Phase, ServerEnd, StopReport, Straggler};
pub use fault::AcceptError;
pub use limit::{Limits, raise_nofile};
pub use proxy::{
    ProxyEncodeError, ProxyHeader, ProxyHeaderError, ProxyNetworkError, ProxyParsed, ProxyProtocol, ProxySsl,
};
pub use stop::{StopSignal, Stopped, Stopper};
#[cfg(feature = "tls")]
pub use stream::StartTlsError;
pub use stream::{
    BindError, Connection, ConnectionId, Frames, Handler, HandlerOutput, Line, LineError, Lines, Listener,
    ReadFrames, ReadHalf, ReadLines, ServeError, ServerHandle, StartError, Stats, StreamServer, With,
    WriteFrames, WriteHalf, with,
};
pub use terminate::{Terminate, Termination, terminate};
#[cfg(feature = "tls")]
pub use tls::{
    CertificateInfo, ClientCertificates, HandshakeError, HandshakeErrorKind, Tls, TlsBuilder, TlsClient,
    TlsError, TlsErrorKind, TlsFacts, TlsVersions, TlsWatch,
};
