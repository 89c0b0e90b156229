//! What the end of one listener means for the others.

/// What becomes of a server when one of its listeners is finished. See [`AcceptPolicy::on_fatal`](crate::AcceptPolicy::on_fatal).
///
/// # Examples
///
/// ```
/// use greenroom_server::{AcceptPolicy, OnFatal};
///
/// // Half a server is worse than none: a supervisor starts a whole one anew.
/// let policy = AcceptPolicy::new().on_fatal(OnFatal::DrainServer);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum OnFatal {
    /// Only that listener ends. The server goes on while it has another, and drains when it was the last.
    #[default]
    EndListener,
    /// The server drains, as if it had been told to stop; its other listeners are closed.
    DrainServer,
}
