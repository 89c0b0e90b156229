//! A running datagram server, as those see it who control it.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use crate::address::SockAddr;
use crate::datagram::stats::{Counters, DatagramStats};
use crate::drain::{Course, Grip, Guest, Phase, ServerEnd, StopReport};
use crate::limit::Limits;

/// A running datagram server. From [`DatagramServer::start`](crate::DatagramServer::start) and
/// [`SessionServer::start`](crate::SessionServer::start).
///
/// Cheap to clone; all clones are the same server. **Dropping the last handle ends it**: nothing is received any more, and
/// what is at work is killed without a grace; nothing waits for that. So keep a handle, or a future made from it, as
/// long as the server is to run.
///
/// A stop goes through the same phases whoever asks for it: nothing is received any more; sessions end when what they
/// had received is read; handlers that have not come to an end within the grace are killed; when their
/// clean-ups are over, so is the server, and its sockets are closed.
///
/// # Examples
///
/// ```no_run
/// # async fn example() -> std::io::Result<()> {
/// use greenroom_server::{DatagramServer, Packet, terminate};
///
/// let server = DatagramServer::bind("127.0.0.1:9000")
///     .start(async |packet: Packet| packet.reply(format!("Received {} bytes", packet.len())).await)
///     .await?;
/// println!("listening on {}", server.local_addrs()[0]);
/// println!("{}", server.stop_when(terminate()).await);
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct DatagramHandle {
    grip: Arc<Grip>,
    facts: Arc<Facts>,
}

/// What is known about a server beside how far it is.
pub(crate) struct Facts {
    pub(crate) counters: Arc<Counters>,
    pub(crate) limits: Limits,
    pub(crate) addresses: Vec<SockAddr>,
}

impl DatagramHandle {
    pub(crate) fn new(grip: Arc<Grip>, facts: Facts) -> Self {
        Self { grip, facts: Arc::new(facts) }
    }

    fn course(&self) -> &Course {
        self.grip.course()
    }

    /// The addresses it receives at, with the ports that the system chose. There is at least one.
    #[must_use]
    pub fn local_addrs(&self) -> &[SockAddr] {
        &self.facts.addresses
    }

    /// Its limits, which may be changed while it runs. They concern sessions alone.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.facts.limits
    }

    /// What it has counted so far.
    #[must_use]
    pub fn stats(&self) -> DatagramStats {
        self.facts.counters.stats(self.course().guests.len())
    }

    /// The peers whose handlers are at work now, in no order: with sessions, those that are open; else one for each
    /// datagram whose handler waits. For tests and consoles: each call asks all of them.
    #[must_use]
    pub fn peers(&self) -> Vec<Guest> {
        self.course().guests.list()
    }

    /// How far it is. A stop shows here as soon as the call that began it has returned.
    #[must_use]
    pub fn phase(&self) -> Phase {
        self.course().phase()
    }

    /// Whether it has been told to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.phase() > Phase::Running
    }

    /// Stops the server, with the grace it was built with (25 s by default). The future waits for its end.
    ///
    /// The stop begins with this call, not with the first poll: a handler may write `drop(server.stop())`. Stopping again
    /// changes nothing, and gives the same report to everybody.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
    pub fn stop(&self) -> ServerEnd {
        self.grip.stop()
    }

    /// Stops the server; handlers that have not come to an end when `grace` is over are killed.
    ///
    /// If it is stopping already, the earlier end of the two graces holds.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future does not take the stop back.
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

impl fmt::Debug for DatagramHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatagramHandle")
            .field("local_addrs", &self.facts.addresses)
            .field("active", &self.course().guests.len())
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
