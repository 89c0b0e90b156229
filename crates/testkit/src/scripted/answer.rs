use std::io::ErrorKind;

/// One line of a [`ScriptedListener`](crate::ScriptedListener)'s script: what accept answers.
///
/// # Examples
///
/// ```
/// use std::iter::repeat_n;
/// use greenroom_testkit::ScriptedAnswer::{Connection, Error};
///
/// const EMFILE: i32 = 24;
/// // Two errors, and then a client.
/// let script = repeat_n(Error(EMFILE), 2).chain([Connection]);
/// assert_eq!(script.count(), 3);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScriptedAnswer {
    /// A connection. Its other end is [`Stagehand::client`](crate::Stagehand::client).
    Connection,
    /// An error with this number of the system's.
    Error(i32),
    /// An error without a number, as listeners make them that are no sockets.
    Kind(ErrorKind),
    /// A panic.
    Panic,
}
