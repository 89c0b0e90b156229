//! A server before it runs: plain configuration.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use crate::address::Address;
use crate::backoff::Backoff;
use crate::deadline::Deadlines;
use crate::drain::StopReport;
use crate::limit::{Limits, Rank};
use crate::proxy::ProxyProtocol;
use crate::stream::accept::AcceptPolicy;
use crate::stream::builder::error::{ServeError, StartError};
use crate::stream::builder::settings::Settings;
use crate::stream::handler::Handler;
use crate::stream::listener::{AnyListener, Bound, Listener, SocketOptions, open};
use crate::stream::prepare::Prepare;
use crate::stream::server::ServerHandle;

/// A server for stream connections: an address, a handler, and what to hold to.
///
/// Nothing happens before [`start`](Self::start): no name is looked up, no socket opened. Then it stays up: what accept
/// fails with is retried, waited out, or, when the listener itself is finished, reported; no client and no
/// handler can end it.
///
/// gevent's `StreamServer(listener, handle, spawn=n)` is `StreamServer::bind(listener).max_connections(n).start(handle)`.
/// Unlike gevent's it has a limit by default, and a stop waits for its connections.
///
/// # Examples
///
/// ```
/// use greenroom_server::{Connection, StreamServer};
/// use tokio::io::{AsyncReadExt, AsyncWriteExt};
///
/// async fn echo(mut conn: Connection) -> std::io::Result<()> {
///     let mut lines = conn.lines();
///     while let Some(line) = lines.next().await? {
///         lines.send(line).await?;
///     }
///     Ok(())
/// }
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = StreamServer::bind("127.0.0.1:0").start(echo).await?;
///
/// let mut client = tokio::net::TcpStream::connect(server.local_addrs()[0].to_string()).await?;
/// client.write_all(b"hello\n").await?;
/// client.shutdown().await?;
/// let mut answer = String::new();
/// client.read_to_string(&mut answer).await?;
/// assert_eq!(answer, "hello\n");
///
/// println!("{}", server.stop().await);
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[doc(alias = "BaseServer")]
#[must_use = "nothing happens until it is started"]
pub struct StreamServer {
    sources: Vec<Source>,
    settings: Settings,
}

impl fmt::Debug for StreamServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamServer").field("sources", &self.sources).finish_non_exhaustive()
    }
}

#[derive(Debug)]
enum Source {
    Address(Address),
    Listener(AnyListener),
}

impl StreamServer {
    /// A server at what the address says: `"127.0.0.1:7000"`, `":7000"`, `"unix:/run/app.sock"`, a socket address, a ready
    /// listener. See [`Address`].
    #[doc(alias = "listener")]
    pub fn bind(address: impl Into<Address>) -> Self {
        Self::new(Source::Address(address.into()))
    }

    /// A server on a listener of your own, or on a [`MemoryListener`](crate::MemoryListener).
    pub fn on(listener: impl Listener) -> Self {
        Self::new(Source::Listener(AnyListener::new(listener)))
    }

    /// The same server at another address too. All are bound when it starts, or none is.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_server::StreamServer;
    ///
    /// let server = StreamServer::bind("127.0.0.1:7000").and_bind("unix:/run/app.sock");
    /// # drop(server);
    /// ```
    pub fn and_bind(self, address: impl Into<Address>) -> Self {
        self.and(Source::Address(address.into()))
    }

    /// The same server on a listener of your own too.
    pub fn and_on(self, listener: impl Listener) -> Self {
        self.and(Source::Listener(AnyListener::new(listener)))
    }

    fn new(source: Source) -> Self {
        Self { sources: vec![source], settings: Settings::default() }
    }

    fn and(mut self, source: Source) -> Self {
        self.sources.push(source);
        self
    }

    /// What is set on sockets: the backlog, keepalive, the mode of Unix sockets. Default: as [`SocketOptions::new`].
    #[doc(alias = "backlog")]
    pub fn socket_options(mut self, options: SocketOptions) -> Self {
        self.settings.socket = options;
        self
    }

    /// The budget to draw on, which other servers may share. Default: a budget of its own, as [`Limits::new`].
    pub fn limits(mut self, limits: impl Into<Limits>) -> Self {
        self.settings.limits = limits.into();
        self
    }

    /// At most `n` connections at once: short for changing them in [`limits`](Self::limits). Default: 10 000, or less
    /// where fewer files may be open.
    #[doc(alias = "spawn")]
    pub fn max_connections(self, n: usize) -> Self {
        self.settings.limits.set_connections(n);
        self
    }

    /// How to accept, and what to do when accept fails. Default: [`AcceptPolicy::new`].
    pub fn accept_policy(mut self, policy: AcceptPolicy) -> Self {
        self.settings.policy = policy;
        self
    }

    /// How long to wait when accept fails for want of something: short for changing it in [`accept_policy`](Self::accept_policy).
    /// Default: from 10 ms, doubling, to 1 s.
    #[doc(alias = "min_delay")]
    #[doc(alias = "max_delay")]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.settings.policy = self.settings.policy.backoff(backoff);
        self
    }

    /// Lets the server use the [reserve](Limits::reserve) of its limits: for administration and health checks, which are
    /// to get in when nobody else does. Default: it may not.
    pub const fn privileged(mut self) -> Self {
        self.settings.rank = Rank::Privileged;
        self
    }

    /// Takes PROXY headers: each connection must begin with one, and only trusted proxies may connect. Default: off.
    ///
    /// A connection's addresses are then those that the header tells, and limits for each source address go by it.
    pub fn proxy_protocol(mut self, proxies: ProxyProtocol) -> Self {
        self.settings.proxy = Some(proxies);
        self
    }

    /// One more step before the handler.
    pub(crate) fn prepared_by(mut self, step: Arc<dyn Prepare>) -> Self {
        self.settings.steps.push(step);
        self
    }

    /// How long connections may take, for their first byte, between bytes and so on. Default: as long as they like.
    pub const fn deadlines(mut self, deadlines: Deadlines) -> Self {
        self.settings.deadlines = deadlines;
        self
    }

    /// How long a stop may take before it kills the connections that have not come to an end. The lame duck time is part
    /// of it. Default: 25 s.
    #[doc(alias = "stop_timeout")]
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.settings.graces.grace = grace;
        self
    }

    /// How long a server that was told to stop keeps accepting, while
    /// [`lame_duck_signal`](ServerHandle::lame_duck_signal) and [`phase`](ServerHandle::phase) tell health checks to send
    /// no more clients. It lasts its time even if there are no connections, but never longer than the grace of the
    /// stop. Default: 0 s; 5 s are enough for most load balancers.
    pub const fn lame_duck(mut self, time: Duration) -> Self {
        self.settings.graces.lame_duck = time;
        self
    }

    /// How long the killed have for their clean-ups. Default: 3 s.
    pub const fn kill_grace(mut self, grace: Duration) -> Self {
        self.settings.graces.kill_grace = grace;
        self
    }

    /// Binds, listens, and begins to accept. When this returns, clients can connect.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future starts nothing; sockets that were bound are closed.
    ///
    /// # Errors
    ///
    /// When the address is none, when its name is not known, or when the system refuses to listen there. Of several
    /// addresses, and of those that a name has, all are bound, or none is. What a name has in a family that the machine
    /// lacks does not count, as long as one is left.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with io and time enabled.
    pub async fn start<H: Handler>(self, handler: H) -> Result<ServerHandle, StartError> {
        let listeners = bind_all(self.sources, &self.settings.socket).await?;
        self.settings.run(listeners, handler)
    }

    /// Starts, and serves until there is nothing to listen on any more.
    ///
    /// It does not look at signals; for that see [`serve_until`](Self::serve_until) and [`terminate()`](crate::terminate).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: listeners are closed at once, connections killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last listener is finished.
    pub async fn serve_forever<H: Handler>(self, handler: H) -> Result<StopReport, ServeError> {
        self.serve_until(std::future::pending::<()>(), handler).await
    }

    /// Starts, serves until `until` is ready, and stops with the grace. If `until` is ready before the server has started, it
    /// does not start, and the report is empty.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: listeners are closed at once, connections killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last listener is finished before `until` is ready.
    pub async fn serve_until<H: Handler>(
        self,
        until: impl Future,
        handler: H,
    ) -> Result<StopReport, ServeError> {
        let mut until = pin!(until);
        let server = tokio::select! {
            biased;
            // Looking up a name may take long.
            _ = &mut until => return Ok(StopReport::default()),
            started = self.start(handler) => started?,
        };
        let report = server.stop_when(until).await;
        match report.lost_listeners.last() {
            Some(error) if report.ended_by_itself => Err(error.clone().into()),
            _ => Ok(report),
        }
    }
}

/// Texts are understood before anything is bound.
async fn bind_all(sources: Vec<Source>, options: &SocketOptions) -> Result<Vec<Bound>, StartError> {
    let mut understood = Vec::with_capacity(sources.len());
    for source in sources {
        understood.push(match source {
            Source::Address(address) => Ok(address.into_form()?),
            Source::Listener(listener) => Err(listener),
        });
    }
    let mut bound = Vec::with_capacity(understood.len());
    for source in understood {
        match source {
            Ok(form) => bound.extend(open(form, options).await?),
            Err(listener) => bound.push(Bound::Foreign(listener)),
        }
    }
    Ok(bound)
}
