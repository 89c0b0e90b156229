//! What a connection is held to: plain values.

use std::time::Duration;

/// How long a connection may take, for its first byte, between bytes, for a request, for a write, and in all.
///
/// None is set by default. They are looked at whenever the connection waits for its peer; what the handler does in
/// between does not count; but a wait that is given up and begun again, as in a `select!`, is one wait. A deadline that passes is an error of the read or write that waited: of kind `TimedOut`, with
/// a [`DeadlineError`](crate::DeadlineError) inside, which names it.
///
/// No timer is set per read: one is armed when a connection first waits, and looked at again when it fires.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::{Connection, Deadlines, StreamServer};
///
/// let server = StreamServer::bind("127.0.0.1:7000").deadlines(
///     Deadlines::new().first_byte(Duration::from_secs(10)).idle(Duration::from_secs(60)),
/// );
/// # drop(server);
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Deadlines {
    pub(super) first_byte: Option<Duration>,
    pub(super) idle: Option<Duration>,
    pub(super) request: Option<Duration>,
    pub(super) write: Option<Duration>,
    pub(super) connection: Option<Duration>,
}

impl Deadlines {
    /// No deadlines.
    #[must_use]
    pub const fn new() -> Self {
        Self { first_byte: None, idle: None, request: None, write: None, connection: None }
    }

    /// The first byte must come so long after the connection was accepted. Default: none.
    #[must_use]
    pub const fn first_byte(mut self, limit: Duration) -> Self {
        self.first_byte = Some(limit);
        self
    }

    /// So long the peer may send nothing while it is waited for. What is sent to it starts this anew. Default: none.
    #[must_use]
    pub const fn idle(mut self, limit: Duration) -> Self {
        self.idle = Some(limit);
        self
    }

    /// A line or frame that has begun must be whole so long afterwards, however steadily it trickles. Default: none.
    ///
    /// Plain reads know no requests.
    #[must_use]
    pub const fn request(mut self, limit: Duration) -> Self {
        self.request = Some(limit);
        self
    }

    /// So long a write may wait for the peer to take anything. Default: none.
    ///
    /// Under TLS some 64 KiB are on their way at once, and the peer must take what is flushed of them within this time.
    #[must_use]
    pub const fn write(mut self, limit: Duration) -> Self {
        self.write = Some(limit);
        self
    }

    /// So long after it was accepted, a connection that waits for its peer is over. Default: none.
    #[must_use]
    pub const fn connection(mut self, limit: Duration) -> Self {
        self.connection = Some(limit);
        self
    }

    /// Whether any is set that passes while the peer is waited for.
    pub(super) fn any_of_waiting(&self) -> bool {
        Self { write: None, ..*self } != Self::new()
    }

    /// Whether any is set.
    pub(crate) fn any(&self) -> bool {
        *self != Self::new()
    }
}
