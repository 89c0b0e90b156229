//! Who is being served.

use std::fmt;
use std::time::Duration;

use crate::address::SockAddr;

/// One that a server serves, as it was when somebody asked: a connection, or a peer that sends datagrams.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Guest {
    /// Its number: for a connection, that of its [`ConnectionId`](crate::ConnectionId).
    pub id: u64,
    /// Where it comes from.
    pub peer: SockAddr,
    /// How long it has been here, to the second.
    pub age: Duration,
}

impl Guest {
    pub(super) fn new(identity: &dyn Identity, age: Duration) -> Self {
        Self { id: identity.id(), peer: identity.peer(), age }
    }
}

/// `127.0.0.1:5000 (number 12, here for 31 s)`
impl fmt::Display for Guest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (number {}, here for {} s)", self.peer, self.id, self.age.as_secs())
    }
}

/// What the table asks of a guest, and only when somebody wants to know: a seat costs no text.
///
/// It is what a guest has allocated anyway, its cell: the table holds two words of it.
pub(crate) trait Identity: Send + Sync + 'static {
    fn id(&self) -> u64;
    fn peer(&self) -> SockAddr;
}
