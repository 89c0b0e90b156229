//! The classes of accept's error numbers, as tables.

use std::io::{self, ErrorKind};

/// What one error says, regardless of what came before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It belonged to one client that is gone.
    Client,
    /// The socket cannot accept at all, if this is its first answer; else it belonged to one client.
    ClientUnlessFirst,
    /// The machine or the process is out of something.
    Exhausted,
    /// This listener is finished.
    Dead,
    Unknown,
}

pub(super) fn classify(error: &io::Error) -> Class {
    match error.raw_os_error() {
        Some(number) => by_number(number).unwrap_or_else(|| by_kind(error.kind())),
        // Made by a listener of the user's.
        None => by_kind(error.kind()),
    }
}

fn by_kind(kind: ErrorKind) -> Class {
    match kind {
        ErrorKind::ConnectionAborted
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionRefused
        | ErrorKind::Interrupted
        | ErrorKind::WouldBlock => Class::Client,
        ErrorKind::OutOfMemory => Class::Exhausted,
        _ => Class::Unknown,
    }
}

/// Linux hands errors that are pending on the new connection to accept, hence the many of the network.
#[cfg(unix)]
const CLIENT: &[i32] = &[
    libc::ECONNABORTED,
    libc::ECONNRESET,
    libc::ECONNREFUSED,
    libc::EINTR,
    // A firewall rule.
    libc::EPERM,
    libc::EPROTO,
    libc::ENETDOWN,
    libc::ENOPROTOOPT,
    libc::EHOSTDOWN,
    libc::EHOSTUNREACH,
    libc::ENETUNREACH,
    libc::ETIMEDOUT,
    libc::ESOCKTNOSUPPORT,
    libc::EPROTONOSUPPORT,
    libc::ENOSR,
    #[cfg(any(target_os = "linux", target_os = "android"))]
    libc::ENONET,
];

#[cfg(unix)]
const EXHAUSTED: &[i32] = &[libc::EMFILE, libc::ENFILE, libc::ENOBUFS, libc::ENOMEM];

#[cfg(unix)]
const DEAD: &[i32] = &[libc::EBADF, libc::EINVAL, libc::ENOTSOCK, libc::EFAULT];

#[cfg(unix)]
fn by_number(number: i32) -> Option<Class> {
    let tables = [(CLIENT, Class::Client), (EXHAUSTED, Class::Exhausted), (DEAD, Class::Dead)];
    if number == libc::EOPNOTSUPP {
        return Some(Class::ClientUnlessFirst);
    }
    tables.into_iter().find(|(table, _)| table.contains(&number)).map(|(_, class)| class)
}

#[cfg(not(unix))]
fn by_number(_number: i32) -> Option<Class> {
    None
}

/// Whether the process may open no more files. A file that it closes is what accept needs; not so when the whole machine is
/// out of them.
#[cfg(unix)]
pub(crate) fn out_of_files(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::EMFILE)
}

#[cfg(not(unix))]
pub(crate) fn out_of_files(_error: &io::Error) -> bool {
    false
}
