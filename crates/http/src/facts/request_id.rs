//! A request's name in logs.

use std::fmt;

use greenroom_server::ConnectionId;

/// Which request this is: the connection's number, and the request's on it. Unique in this process.
///
/// # Examples
///
/// ```
/// use greenroom_http::{Request, RequestFacts};
///
/// fn id_of(request: &Request) -> Option<String> {
///     RequestFacts::of(request).map(|facts| facts.id().to_string())
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId {
    pub(super) connection: ConnectionId,
    pub(super) number: u32,
}

impl RequestId {
    /// The connection that it came on.
    #[must_use]
    pub const fn connection(self) -> ConnectionId {
        self.connection
    }

    /// Which request on its connection it is; the first is 1.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.number
    }
}

/// As `17-1`: the first request of the seventeenth connection.
impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.connection, self.number)
    }
}
