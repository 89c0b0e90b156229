//! A running server, as those see it who control it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::address::SockAddr;
use crate::drain::{Course, Grip, Guest, Phase, ServerEnd, StopReport};
use crate::limit::Limits;
use crate::pause::Pause;
use crate::stop::StopSignal;
use crate::stream::stats::{Counters, Stats};

/// A running server. From [`StreamServer::start`](crate::StreamServer::start).
///
/// Cheap to clone; all clones are the same server. **Dropping the last handle ends it**: the listeners are closed at
/// once, and the connections killed without a grace; nothing waits for that. So keep a handle, or a future
/// made from it, as long as the server is to run.
///
/// A stop goes through the same phases whoever asks for it: the listeners are closed, so new clients are refused;
/// connections hear the stop signal, and their lines end; those that have not come to an end within the grace are
/// killed; when their clean-ups are over, so is the server. [`Phase`] names the steps, [`phase`](Self::phase) tells how far
/// it is. A server with a [lame duck time](crate::StreamServer::lame_duck) keeps its listeners open for so long first.
///
/// | what | comes to |
/// |---|---|
/// | a second [`stop`](Self::stop) | the same end, and the same report |
/// | [`stop_within`](Self::stop_within) during a stop | a kill that comes earlier, in any phase; never one that comes later |
/// | a second SIGINT or SIGTERM during a stop | the kill, at once |
/// | a stop before the server has accepted anybody | a stop like any other |
/// | a stop from a handler | a stop like any other; one that awaits it is not waited for |
/// | dropping the last handle during a stop | the kill, at once |
/// | dropping what [`start`](crate::StreamServer::start) returned before it is ready | no server |
/// | the task that leads the server killed, or its runtime gone | everybody who waits gets a report at once |
///
/// A server's tasks are in the [`Registry`](greenroom_core::Registry) under these names, and anybody may kill them. What was
/// lost by that is always told, and the server serves on with whatever is left:
///
/// | killed | becomes of the server |
/// |---|---|
/// | `conn PEER` | that connection is closed, and counts as killed; its place is free |
/// | `listen ADDRESS` | that listener is closed and is among the [lost](StopReport::lost_listeners); with the last of them the server drains and [ends by itself](StopReport::ended_by_itself) |
/// | `server ADDRESS` | it ends by itself at once: all listeners are lost, all connections are killed |
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use greenroom_server::{Connection, StreamServer, terminate};
///
/// let server = StreamServer::bind("127.0.0.1:7000")
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
/// println!("listening on {}", server.local_addrs()[0]);
/// println!("{}", server.stop_when(terminate()).await);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct ServerHandle {
    grip: Arc<Grip>,
    facts: Arc<Facts>,
}

/// What is known about a server beside how far it is.
pub(crate) struct Facts {
    pub(crate) counters: Arc<Counters>,
    pub(crate) limits: Limits,
    pub(crate) pause: Arc<Pause>,
    pub(crate) addresses: Vec<SockAddr>,
}

impl ServerHandle {
    pub(crate) fn new(grip: Arc<Grip>, facts: Facts) -> Self {
        Self { grip, facts: Arc::new(facts) }
    }

    fn course(&self) -> &Course {
        self.grip.course()
    }

    /// The addresses it listens on, with the ports that the system chose. There is at least one.
    #[must_use]
    #[doc(alias = "address")]
    #[doc(alias = "server_port")]
    #[doc(alias = "server_host")]
    pub fn local_addrs(&self) -> &[SockAddr] {
        &self.facts.addresses
    }

    /// Its limits, which may be changed while it runs.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.facts.limits
    }

    /// What it has counted so far.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.facts.counters.stats(self.course().guests.len())
    }

    /// The connections open now, in no order. For tests and consoles: each call asks all of them.
    #[must_use]
    pub fn connections(&self) -> Vec<Guest> {
        self.course().guests.list()
    }

    /// How far it is. A stop shows here as soon as the call that began it has returned.
    #[must_use]
    #[doc(alias("started", "closed"))]
    pub fn phase(&self) -> Phase {
        self.course().phase()
    }

    /// Whether it has been told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.phase() > Phase::Running
    }

    /// Tells that the server has been told to stop, before its listeners close: for what answers health checks, and for
    /// what should no longer ask clients to stay. Connections have their own [signal](crate::Connection::stop_signal),
    /// which comes when the listeners have closed.
    #[must_use]
    pub fn lame_duck_signal(&self) -> StopSignal {
        self.course().told.signal()
    }

    /// Stops accepting, until [`start_accepting`](Self::start_accepting): a pause, of which the accept loops hear at once.
    ///
    /// The listeners stay open, so new clients are not refused; they wait in the kernel's backlog. Connections that
    /// are open go on. Pausing again, or after a stop, changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// use greenroom_server::{Connection, StreamServer};
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// let server = StreamServer::bind("127.0.0.1:0")
    ///     .start(async |mut conn: Connection| conn.send_line("hello").await)
    ///     .await?;
    /// server.stop_accepting();
    /// assert!(!server.is_accepting());
    /// server.start_accepting();
    /// assert!(server.is_accepting());
    /// # std::io::Result::Ok(())
    /// # }).unwrap();
    /// ```
    pub fn stop_accepting(&self) {
        self.facts.pause.set(true);
    }

    /// Accepts again after [`stop_accepting`](Self::stop_accepting). Without a pause, or after a stop, it changes nothing.
    pub fn start_accepting(&self) {
        self.facts.pause.set(false);
    }

    /// Whether it accepts: it has neither been paused nor told to stop. At its limits, or while accept fails, it does so all the
    /// same, as soon as it can.
    #[must_use]
    pub fn is_accepting(&self) -> bool {
        !self.facts.pause.is_on() && !self.is_stopping()
    }

    /// Stops the server, with the grace it was built with (25 s by default). The future waits for its end.
    ///
    /// The stop begins with this call, not with the first poll: a handler may write `drop(server.stop())`. Stopping again
    /// changes nothing, and gives the same report to everybody.
    ///
    /// gevent's `stop` has a grace of one second, and `close` is to stop without waiting for anything.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
    #[doc(alias = "close")]
    pub fn stop(&self) -> ServerEnd {
        self.grip.stop()
    }

    /// Stops the server; connections that have not come to an end when `grace` is over are killed.
    ///
    /// If it is stopping already, the earlier end of the two graces holds.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
    #[doc(alias = "stop_timeout")]
    pub fn stop_within(&self, grace: Duration) -> ServerEnd {
        self.grip.stop_within(grace)
    }

    /// Waits for `until`, then stops the server with its own grace. If the server ends before that, so does this.
    ///
    /// With [`terminate()`](crate::terminate) it is the last line of most programs.
    ///
    /// # Cancel safety
    ///
    /// Dropped before `until` is ready, it does nothing to the server; afterwards it does not take the stop back.
    pub fn stop_when<F: Future>(&self, until: F) -> impl Future<Output = StopReport> + use<F> {
        Arc::clone(&self.grip).stop_when(until)
    }

    /// Waits for the server's end, without asking for it.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    pub fn wait(&self) -> ServerEnd {
        self.grip.wait()
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerHandle")
            .field("local_addrs", &self.facts.addresses)
            .field("connections", &self.course().guests.len())
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
