//! What to do about an error of accept.

/// What an accept loop does about an error of accept. [`AcceptPolicy`](crate::AcceptPolicy) changes which error is in which
/// class.
///
/// # Examples
///
/// ```
/// use greenroom_server::{AcceptPolicy, ErrorClass};
///
/// const EACCES: i32 = 13;
/// // A security module that refuses single clients answers so here.
/// let policy = AcceptPolicy::new().class(EACCES, ErrorClass::Retry);
/// # let _ = policy;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a loop that accepts can go on, wait, or end")]
pub enum ErrorClass {
    /// The error belonged to one client that is gone: accept again at once. After many in a row, by default 100, it
    /// counts as one to back off from.
    Retry,
    /// It will come again until something changes: wait first.
    BackOff,
    /// The listener is finished: it never will accept again.
    Fatal,
}
