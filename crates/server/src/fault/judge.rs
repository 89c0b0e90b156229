//! Verdicts on accept's errors: the class of the error, and what came before it.

use std::io;

use crate::fault::errno::{Class, classify};

/// So many errors of single clients in a row are believed; more mean that something else is wrong.
const RETRIES_IN_A_ROW: u32 = 100;

/// What the accept loop does about an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The error belonged to one client: accept again at once.
    Retry,
    /// It will come again until something changes: wait first.
    BackOff,
    /// This listener is finished.
    Fatal,
}

/// Judges the errors of one listener.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    retries: u32,
    /// Whether accept has answered at all.
    answered: bool,
}

impl Judge {
    /// Notes a connection accepted.
    pub(crate) const fn accepted(&mut self) {
        self.retries = 0;
        self.answered = true;
    }

    /// Notes an error and says what to do.
    pub(crate) fn failed(&mut self, error: &io::Error) -> Verdict {
        let first = !std::mem::replace(&mut self.answered, true);
        match classify(error) {
            Class::Dead => Verdict::Fatal,
            Class::ClientUnlessFirst if first => Verdict::Fatal,
            Class::Client | Class::ClientUnlessFirst if self.retries < RETRIES_IN_A_ROW => {
                self.retries += 1;
                Verdict::Retry
            }
            _ => Verdict::BackOff,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    fn errno(number: i32) -> io::Error {
        io::Error::from_raw_os_error(number)
    }

    /// A judge that has accepted before.
    fn seasoned() -> Judge {
        let mut judge = Judge::default();
        judge.accepted();
        judge
    }

    #[test]
    fn every_number_has_its_verdict() {
        use Verdict::{BackOff, Fatal, Retry};
        let table = [
            (libc::ECONNABORTED, Retry),
            (libc::ECONNRESET, Retry),
            (libc::ECONNREFUSED, Retry),
            (libc::EINTR, Retry),
            (libc::EAGAIN, Retry),
            (libc::EPERM, Retry),
            (libc::EPROTO, Retry),
            (libc::ENETDOWN, Retry),
            (libc::ENOPROTOOPT, Retry),
            (libc::EHOSTDOWN, Retry),
            (libc::EHOSTUNREACH, Retry),
            (libc::EOPNOTSUPP, Retry),
            (libc::ENETUNREACH, Retry),
            (libc::ETIMEDOUT, Retry),
            (libc::ENOSR, Retry),
            (libc::ESOCKTNOSUPPORT, Retry),
            (libc::EPROTONOSUPPORT, Retry),
            #[cfg(target_os = "linux")]
            (libc::ENONET, Retry),
            (libc::EMFILE, BackOff),
            (libc::ENFILE, BackOff),
            (libc::ENOBUFS, BackOff),
            (libc::ENOMEM, BackOff),
            (libc::EBADF, Fatal),
            (libc::EINVAL, Fatal),
            (libc::ENOTSOCK, Fatal),
            (libc::EFAULT, Fatal),
            // Nobody knows these from accept.
            (libc::EIO, BackOff),
            (libc::EACCES, BackOff),
            (9999, BackOff),
        ];
        for (number, verdict) in table {
            assert_eq!(seasoned().failed(&errno(number)), verdict, "{}", errno(number));
        }
    }

    #[test]
    fn errors_without_a_number_go_by_their_kind() {
        assert_eq!(seasoned().failed(&ErrorKind::ConnectionReset.into()), Verdict::Retry);
        assert_eq!(seasoned().failed(&io::Error::other("strange")), Verdict::BackOff);
    }

    #[test]
    fn a_socket_that_never_could_accept_is_finished() {
        assert_eq!(Judge::default().failed(&errno(libc::EOPNOTSUPP)), Verdict::Fatal);
        let mut judge = Judge::default();
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), Verdict::Retry);
        assert_eq!(judge.failed(&errno(libc::EOPNOTSUPP)), Verdict::Retry);
    }

    #[test]
    fn a_hundred_retries_in_a_row_count_as_unknown() {
        let mut judge = seasoned();
        for _ in 0..100 {
            assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), Verdict::Retry);
        }
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), Verdict::BackOff);
        assert_eq!(judge.failed(&errno(libc::EPROTO)), Verdict::BackOff);
        judge.accepted();
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), Verdict::Retry);
    }
}
