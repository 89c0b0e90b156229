//! A datagram server before it runs: plain configuration.

use std::future::{Future, pending};
use std::time::Duration;

use crate::address::Address;
use crate::backoff::Backoff;
use crate::datagram::builder::error::{DatagramServeError, DatagramStartError};
use crate::datagram::builder::session_server::SessionServer;
use crate::datagram::builder::settings::{LONGEST, Settings, Source, serve_until};
use crate::datagram::handler::DatagramHandler;
use crate::datagram::serve::Overflow;
use crate::datagram::server::DatagramHandle;
use crate::datagram::session::Sessions;
use crate::datagram::socket::DatagramSocket;
use crate::drain::StopReport;
use crate::limit::Limits;

/// A server for datagrams, of UDP or of Unix: an address, a handler, and what to hold to.
///
/// Nothing happens before [`start`](Self::start): no name is looked up, no socket opened. Then it stays up: what receiving
/// fails with is counted, and waited out where it must be; no peer and no handler can end it.
///
/// A [handler](DatagramHandler) gets one [`Packet`](crate::Packet), and may reply. Where a peer's datagrams belong together,
/// [`sessions`](Self::sessions) gives each peer a handler of its own.
///
/// What it guarantees:
/// * **No datagram is cut without a word.** There is room for the longest one (65,535 bytes), unless
///   [`max_datagram`](Self::max_datagram) says otherwise; longer ones are counted, and dropped or marked.
/// * An empty datagram is one like any other.
/// * **Replies to one peer leave in the order in which they were handed over**, by the socket that the peer was heard by.
/// * ICMP's messages about earlier replies (ECONNREFUSED, EHOSTUNREACH) are counted, and harm nobody.
/// * A flood is bounded, in tasks and in memory; what is dropped for that is counted.
///
/// Where the system can, it receives up to 32 datagrams in one call, and sends their replies in one.
///
/// gevent's `DatagramServer` reads 8,192 bytes of each datagram and drops the rest, and starts a greenlet for each.
///
/// # Examples
///
/// ```
/// use greenroom_server::{DatagramServer, Packet};
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = DatagramServer::bind("127.0.0.1:0")
///     .start(async |packet: Packet| packet.reply(packet.payload().clone()).await)
///     .await?;
///
/// let client = tokio::net::UdpSocket::bind("127.0.0.1:0").await?;
/// client.send_to(b"hello", server.local_addrs()[0].to_string()).await?;
/// let mut answer = [0; 100];
/// let n = client.recv(&mut answer).await?;
/// assert_eq!(&answer[..n], b"hello");
///
/// println!("{}", server.stop().await);
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
#[must_use = "nothing happens until it is started"]
pub struct DatagramServer {
    source: Source,
    settings: Settings,
}

impl DatagramServer {
    /// A server at what the address says: `"127.0.0.1:9000"`, `":9000"`, a socket address, `"unix:path"`. See [`Address`].
    pub fn bind(address: impl Into<Address>) -> Self {
        Self { source: Source::Address(address.into()), settings: Settings::default() }
    }

    /// A server on a socket that was made elsewhere.
    pub fn on(socket: impl Into<DatagramSocket>) -> Self {
        Self { source: Source::Socket(socket.into()), settings: Settings::default() }
    }

    /// At most so many handlers wait at once; those that need not wait do not count. Default: 1 000. What happens to more
    /// datagrams, [`overflow`](Self::overflow) says.
    pub const fn max_handlers(mut self, n: usize) -> Self {
        self.settings.handlers = n;
        self
    }

    /// What happens to datagrams while as many handlers wait as may be. Default: they are
    /// [dropped](Overflow::Drop) and counted.
    pub const fn overflow(mut self, overflow: Overflow) -> Self {
        self.settings.overflow = overflow;
        self
    }

    /// Datagrams with more bytes than that are counted in [`truncated`](crate::DatagramStats::truncated), and dropped. At
    /// least 1. Default: 65,535, which none exceeds.
    pub const fn max_datagram(mut self, bytes: usize) -> Self {
        self.settings.longest = if bytes > LONGEST { LONGEST } else { bytes };
        self
    }

    /// Whether to hand out the beginning of datagrams that are too long, [marked](crate::Packet::is_truncated), rather
    /// than to drop them. Default: no.
    pub const fn keep_truncated(mut self, keep: bool) -> Self {
        self.settings.keep_truncated = keep;
        self
    }

    /// To a peer no more than so many times the bytes are sent that it has sent: of this datagram, or in this session.
    /// More is an error to whoever replies, and counted in
    /// [`replies_over_ratio`](crate::DatagramStats::replies_over_ratio). Default: no limit.
    ///
    /// A sender's address can be forged. **A server whose replies are longer than the requests is a weapon** against whoever
    /// has that address; QUIC allows itself a ratio of 3 until it has proof that the peer is there.
    pub const fn reply_ratio(mut self, ratio: u32) -> Self {
        self.settings.ratio = Some(ratio);
        self
    }

    /// The budget that sessions draw on, as connections do, and which other servers may share. Default: a budget of its
    /// own, as [`Limits::new`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// The bytes that the kernel keeps for us until they are received; it drops what comes beyond. It may grant less than
    /// is asked for (`net.core.rmem_max` on Linux). Default: the system's.
    pub const fn receive_buffer(mut self, bytes: usize) -> Self {
        self.settings.options.receive_buffer = Some(bytes);
        self
    }

    /// The bytes that the kernel takes from us before they are sent. It may grant less than is asked for. Default: the
    /// system's.
    pub const fn send_buffer(mut self, bytes: usize) -> Self {
        self.settings.options.send_buffer = Some(bytes);
        self
    }

    /// Whether other sockets of the same user may be bound to the same port, each to get a part of the peers
    /// (`SO_REUSEPORT`; Unix only, elsewhere it does nothing). Default: no.
    #[doc(alias = "reuse_addr")]
    pub const fn reuse_port(mut self, reuse: bool) -> Self {
        self.settings.options.reuse_port = reuse;
        self
    }

    /// Whether IPv6 sockets hear IPv6 peers alone. Default: all but those of `[::]` and of `":port"` do.
    pub const fn only_v6(mut self, only: bool) -> Self {
        self.settings.options.only_v6 = Some(only);
        self
    }

    /// The permissions of a Unix socket's file. Default: 0600, for this user alone.
    pub const fn unix_mode(mut self, mode: u32) -> Self {
        self.settings.options.unix_mode = mode;
        self
    }

    /// How long to wait when receiving fails for want of something. Each socket counts for itself. Default: from
    /// 10 ms, doubling, to 1 s.
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.settings.backoff = Some(backoff);
        self
    }

    /// How long a stop waits for handlers to come to an end before it kills them. Default: 25 s.
    pub const fn grace(mut self, grace: Duration) -> Self {
        self.settings.graces.grace = grace;
        self
    }

    /// How long the killed have for their clean-ups. Default: 3 s.
    pub const fn kill_grace(mut self, grace: Duration) -> Self {
        self.settings.graces.kill_grace = grace;
        self
    }

    /// A server that serves peers rather than datagrams: the last thing to say before it starts.
    pub fn sessions(self, sessions: Sessions) -> SessionServer {
        SessionServer::new(self.source, self.settings, sessions)
    }

    /// Binds, and begins to receive.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future starts nothing; sockets that were bound are closed.
    ///
    /// # Errors
    ///
    /// When the address is none, when its name is not known, or when the system refuses to bind there. Of the
    /// addresses of a name all are bound, or none is.
    ///
    /// # Panics
    ///
    /// Outside of a tokio runtime with io and time enabled.
    pub async fn start<H: DatagramHandler>(self, handler: H) -> Result<DatagramHandle, DatagramStartError> {
        let sockets = self.settings.open(self.source).await?;
        self.settings.run(sockets, handler)
    }

    /// Starts, and serves until there is no socket left to receive from.
    ///
    /// It does not look at signals; for that see [`serve_until`](Self::serve_until) and [`terminate()`](crate::terminate).
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: handlers are killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last socket is finished.
    pub async fn serve_forever<H: DatagramHandler>(
        self,
        handler: H,
    ) -> Result<StopReport, DatagramServeError> {
        self.serve_until(pending::<()>(), handler).await
    }

    /// Starts, serves until `until` is ready, and stops with the grace.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future ends the server: handlers are killed without a grace.
    ///
    /// # Errors
    ///
    /// When it cannot start, and when its last socket is finished before `until` is ready.
    pub async fn serve_until<H: DatagramHandler>(
        self,
        until: impl Future,
        handler: H,
    ) -> Result<StopReport, DatagramServeError> {
        serve_until(self.start(handler).await?, until).await
    }
}
