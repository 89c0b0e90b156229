//! The budget that servers draw on.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::Pool;
use tokio::sync::futures::Notified;

use crate::limit::prefix::Lengths;
use crate::limit::state::State;
use crate::limit::{Entrance, HandshakeEntrance, Rank, Shedding};

/// How many connections and handshakes there may be at once.
///
/// A handle: clones share one budget, so several servers can draw on it together. At the limit a server does not
/// accept; new clients wait in the kernel's backlog until a connection ends. Every limit may change while servers run.
/// A connection counts from before it is accepted until its socket is closed, whatever becomes of its handler; the
/// count is never above the limit, unless the limit was lowered.
///
/// The defaults:
///
/// | Limit | Default |
/// |---|---|
/// | [`connections`](Self::connections) | 10 000, or what the limit on open files leaves room for if that is less: a fifth of it, and at least 64 files, are kept for everything else the process opens; at least 16. See [`raise_nofile`](crate::raise_nofile) |
/// | [`reserve`](Self::reserve) | 0 |
/// | [`handshakes`](Self::handshakes) | 1 000 |
/// | [`per_address`](Self::per_address) | off; 256 is a good start for servers that clients reach directly |
/// | [`address_prefixes`](Self::address_prefixes) | the whole address for IPv4, 64 bits for IPv6 |
/// | [`shed_after`](Self::shed_after) | off |
///
/// gevent takes a `Pool`, or a number, as `spawn` for this: `Limits::from(pool)`, `Limits::from(500)`.
///
/// # Examples
///
/// ```
/// use greenroom_server::Limits;
///
/// let limits = Limits::new().connections(500).per_address(20);
/// assert_eq!(limits.max_connections(), 500);
/// limits.clone().set_connections(200);
/// assert_eq!(limits.max_connections(), 200);
/// assert_eq!(limits.open_connections(), 0);
/// ```
#[doc(alias("spawn", "full"))]
#[derive(Clone)]
pub struct Limits {
    state: Arc<State>,
}

impl Limits {
    /// The default limits.
    #[must_use]
    pub fn new() -> Self {
        Self { state: State::new(None) }
    }

    /// The default limits, and besides them a pool: each connection's task is a member of it, so that the pool's size
    /// bounds what servers and other users of the pool run together. A server waits for a slot, in the pool's line, before
    /// it accepts. `Limits::from(pool)` is the same.
    ///
    /// When the pool is killed its connections are, and a server that finds it so stops accepting with an error. The pool
    /// lives as long as these limits or a connection. Servers for which there is a [`reserve`](Self::reserve) need no
    /// slot, and their connections are no members.
    ///
    /// gevent: `spawn=pool`.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_core::Pool;
    /// use greenroom_server::Limits;
    ///
    /// let pool = Pool::new(100);
    /// let limits = Limits::from_pool(pool.clone());
    /// assert_eq!(limits.max_connections(), 100);
    /// pool.resize(50);
    /// assert_eq!(limits.max_connections(), 50);
    /// ```
    #[must_use]
    pub fn from_pool(pool: Pool) -> Self {
        Self { state: State::new(Some(pool)) }
    }

    /// At most `n` connections at once. Default: 10 000, or less where fewer files may be open. With 0 none is accepted.
    #[must_use]
    pub fn connections(self, n: usize) -> Self {
        self.set_connections(n);
        self
    }

    /// Changes the limit, also of running servers. A lower one closes nothing: it takes effect as connections end.
    pub fn set_connections(&self, n: usize) {
        self.state.connections.resize(n);
    }

    /// Keeps so many of the connections for servers of administration and health: others are served while at least one
    /// more than these is free. Default: 0. With as many as [`connections`](Self::connections) others accept nobody.
    #[must_use]
    pub fn reserve(self, n: usize) -> Self {
        self.set_reserve(n);
        self
    }

    /// Changes the reserve, also of running servers. A larger one closes nothing.
    pub fn set_reserve(&self, n: usize) {
        self.state.connections.keep(n);
    }

    /// At most `n` TLS handshakes in progress at once, from when the client's hello has come. Others wait in the order in which
    /// they came, within their own deadlines; while they do, those that have taken more than a second are given up, the oldest
    /// first: clients that fall silent in the middle do not keep the others out. Default: 1 000. With 0 there is none.
    #[must_use]
    pub fn handshakes(self, n: usize) -> Self {
        self.set_handshakes(n);
        self
    }

    /// Changes the limit, also of running servers. A lower one cuts no handshake off.
    pub fn set_handshakes(&self, n: usize) {
        self.state.handshakes.resize(n);
    }

    /// At most `n` connections at once from one address; more are accepted and closed. Default: no limit.
    ///
    /// What is one address, [`address_prefixes`](Self::address_prefixes) says. An IPv4 address that an IPv6 socket shows as
    /// `::ffff:192.0.2.1` counts as what it is. Behind a proxy all clients have the proxy's address, unless it tells theirs
    /// and is trusted.
    #[must_use]
    pub fn per_address(self, n: usize) -> Self {
        self.set_per_address(Some(n));
        self
    }

    /// Changes the limit, also of running servers; `None` turns it off. A lower one closes nothing. Connections that were
    /// accepted while it was off are not counted.
    pub fn set_per_address(&self, n: Option<usize>) {
        self.state.addresses.set_limit(n);
    }

    /// How many leading bits of an address count. Default: 32 for IPv4, 64 for IPv6, where one customer has at least the
    /// 64 bits that follow. More than 32 or 128 count the whole address.
    #[must_use]
    pub fn address_prefixes(self, ipv4: u8, ipv6: u8) -> Self {
        self.set_address_prefixes(ipv4, ipv6);
        self
    }

    /// Changes the prefixes, also of running servers. Connections that are counted stay under the prefix they had.
    pub fn set_address_prefixes(&self, ipv4: u8, ipv6: u8) {
        self.state.addresses.set_lengths(Lengths::new(ipv4, ipv6));
    }

    /// Once the limit has kept a listener waiting for so long, it accepts and closes new clients at once, until there is
    /// room: they learn soon that they are not served, as a load balancer wants it. Default: never; they wait.
    #[must_use]
    pub fn shed_after(self, delay: Duration) -> Self {
        self.set_shed_after(Some(delay));
        self
    }

    /// Changes the delay, also of servers that wait; `None` lets clients wait again.
    pub fn set_shed_after(&self, delay: Option<Duration>) {
        self.state.shed_after.set(delay);
    }

    /// The most connections there may be at once; no more than the [pool](Self::from_pool) has slots.
    #[must_use]
    pub fn max_connections(&self) -> usize {
        let max = self.state.connections.max();
        self.state.pool.as_ref().map_or(max, |pool| max.min(pool.size()))
    }

    /// How many connections there are now, over all servers that share these limits.
    #[must_use]
    pub fn open_connections(&self) -> usize {
        self.state.connections.inside()
    }

    /// How many of the connections are kept in [reserve](Self::reserve).
    #[must_use]
    pub fn reserved_connections(&self) -> usize {
        self.state.connections.reserve()
    }

    /// The most handshakes there may be in progress at once.
    #[must_use]
    pub fn max_handshakes(&self) -> usize {
        self.state.handshakes.max()
    }

    /// How many handshakes are in progress now.
    #[must_use]
    pub fn open_handshakes(&self) -> usize {
        self.state.handshakes.inside()
    }

    /// The most connections from one address, if there is a limit.
    #[must_use]
    pub fn max_per_address(&self) -> Option<usize> {
        self.state.addresses.limit()
    }

    /// How many connections there are now from this address, or from what counts as one with it. Those that were accepted
    /// while there was no limit are not among them.
    #[must_use]
    pub fn connections_from(&self, source: IpAddr) -> usize {
        self.state.addresses.count_of(source)
    }

    /// How many connections were refused so far because their address had enough.
    #[must_use]
    pub fn refused_by_address(&self) -> u64 {
        self.state.addresses.refused()
    }

    /// After how long a full budget [sheds](Self::shed_after) clients, if it does.
    #[must_use]
    pub fn sheds_after(&self) -> Option<Duration> {
        self.state.shed_after.get()
    }

    pub(crate) fn entrance(&self, rank: Rank) -> Entrance {
        Entrance::new(Arc::clone(&self.state), rank)
    }

    /// Waits until one more handshake may be in progress.
    #[allow(dead_code, reason = "without TLS nobody shakes hands")]
    pub(crate) fn handshake(&self) -> HandshakeEntrance {
        HandshakeEntrance::new(Arc::clone(&self.state))
    }

    /// For one accept loop.
    pub(crate) fn shedding(&self) -> Shedding {
        Shedding::new(Arc::clone(&self.state))
    }

    /// Resolves when a connection closes after this call.
    pub(crate) fn freed(&self) -> Notified<'_> {
        self.state.freed.notified()
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new()
    }
}

/// The default limits with at most so many connections. gevent: `spawn=500`.
impl From<usize> for Limits {
    fn from(connections: usize) -> Self {
        Self::new().connections(connections)
    }
}

/// As [`Limits::from_pool`]. gevent: `spawn=pool`.
impl From<Pool> for Limits {
    fn from(pool: Pool) -> Self {
        Self::from_pool(pool)
    }
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Limits");
        let (open, max) = (self.open_connections(), self.max_connections());
        out.field("connections", &format_args!("{open} of {max}"));
        let (open, max) = (self.open_handshakes(), self.max_handshakes());
        out.field("handshakes", &format_args!("{open} of {max}"));
        out.field("reserve", &self.reserved_connections());
        out.field("per_address", &self.max_per_address());
        out.field("shed_after", &self.sheds_after());
        out.finish_non_exhaustive()
    }
}
