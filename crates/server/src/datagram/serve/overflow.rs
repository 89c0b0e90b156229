//! What happens when as many handlers are at work as may be.

/// What a [`DatagramServer`](crate::DatagramServer) does with datagrams while as many handlers wait as may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// Each one that comes in is dropped, and counted in [`dropped_full`](crate::DatagramStats::dropped_full). What is
    /// handled afterwards is fresh. The default.
    #[default]
    Drop,
    /// Nothing is received until a handler has ended. The kernel keeps what comes in, as long as its receive buffer has
    /// room, and drops the rest uncounted. What is handled afterwards has waited.
    Wait,
}
