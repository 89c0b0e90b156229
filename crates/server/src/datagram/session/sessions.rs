//! How sessions are kept: plain configuration.

use std::time::Duration;

const QUEUE: usize = 64;
const IDLE: Duration = Duration::from_secs(60);
const MOST: usize = 10_000;
const NEW_PER_SECOND: u32 = 1_000;
const QUEUED_BYTES: usize = 64 * 1024 * 1024;

/// The bounds that a server with sessions holds to, for [`DatagramServer::sessions`](crate::DatagramServer::sessions).
///
/// Senders' addresses can be forged, so each of these bounds is one that a flood must not break. What is beyond them is
/// dropped, the newest first, and counted in [`DatagramStats`](crate::DatagramStats).
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::Sessions;
///
/// let sessions = Sessions::new().queue(16).idle(Duration::from_secs(5)).new_per_second(100);
/// # let _ = sessions;
/// ```
#[derive(Debug, Clone)]
#[must_use = "it is given to a server"]
pub struct Sessions {
    pub(super) queue: usize,
    pub(super) idle: Duration,
    pub(super) most: usize,
    pub(super) new_per_second: u32,
    pub(super) queued_bytes: usize,
}

impl Sessions {
    /// The default bounds.
    pub const fn new() -> Self {
        Self {
            queue: QUEUE,
            idle: IDLE,
            most: MOST,
            new_per_second: NEW_PER_SECOND,
            queued_bytes: QUEUED_BYTES,
        }
    }

    /// So many datagrams may wait for one handler; more are dropped. Default: 64. At least 1.
    pub const fn queue(mut self, datagrams: usize) -> Self {
        self.queue = if datagrams == 0 { 1 } else { datagrams };
        self
    }

    /// A session that has heard nothing for so long is over. It is looked for four times in that time, so it may
    /// take a quarter longer. Default: 60 s.
    pub const fn idle(mut self, limit: Duration) -> Self {
        self.idle = limit;
        self
    }

    /// So many sessions may be open at once, whose handlers have not returned; new peers are dropped. Default: 10 000.
    ///
    /// Beside it the server's [`Limits`](crate::Limits) hold, which other servers may share.
    pub const fn most(mut self, sessions: usize) -> Self {
        self.most = sessions;
        self
    }

    /// So many sessions may begin in a second, and as many at once; new peers are dropped. Default: 1 000.
    pub const fn new_per_second(mut self, sessions: u32) -> Self {
        self.new_per_second = sessions;
        self
    }

    /// So many bytes may wait in all queues together; more are dropped. Default: 64 MiB.
    pub const fn queued_bytes(mut self, bytes: usize) -> Self {
        self.queued_bytes = bytes;
        self
    }
}

impl Default for Sessions {
    fn default() -> Self {
        Self::new()
    }
}
