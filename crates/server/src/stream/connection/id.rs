//! Which connection it is, in logs and tables.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// The number of a connection, unique in this process. It is what the log calls `id`.
///
/// # Examples
///
/// ```
/// use greenroom_server::Connection;
///
/// async fn greet(mut conn: Connection) -> std::io::Result<()> {
///     let greeting = format!("you are connection {}", conn.id());
///     conn.send_line(greeting).await
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(u64);

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

impl ConnectionId {
    pub(crate) fn next() -> Self {
        Self(NEXT_ID.fetch_add(1, Ordering::Relaxed))
    }

    /// The bare number.
    #[must_use]
    pub const fn as_u64(self) -> u64 {
        self.0
    }
}

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
