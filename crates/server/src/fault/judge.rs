//! Verdicts on accept's errors: the class of the error, and what came before it.

use std::io;

use crate::fault::errno::{Class, classify};
use crate::fault::{Classes, ErrorClass};

/// Judges the errors of one listener.
#[derive(Debug)]
pub(crate) struct Judge {
    classes: Classes,
    /// So many errors of single clients in a row are believed; more mean that something else is wrong.
    believed: u32,
    retries: u32,
    /// Whether accept has answered at all.
    answered: bool,
}

impl Judge {
    /// Goes by these classes first, and believes so many errors of single clients in a row.
    pub(crate) const fn new(classes: Classes, believed: u32) -> Self {
        Self { classes, believed, retries: 0, answered: false }
    }

    /// Notes a connection accepted.
    pub(crate) const fn accepted(&mut self) {
        self.retries = 0;
        self.answered = true;
    }

    /// Notes an error and says what to do.
    pub(crate) fn failed(&mut self, error: &io::Error) -> ErrorClass {
        let first = !std::mem::replace(&mut self.answered, true);
        let class = self.classes.of(error).unwrap_or_else(|| match classify(error) {
            Class::Dead => ErrorClass::Fatal,
            Class::ClientUnlessFirst if first => ErrorClass::Fatal,
            Class::Client | Class::ClientUnlessFirst => ErrorClass::Retry,
            Class::Exhausted | Class::Unknown => ErrorClass::BackOff,
        });
        if class != ErrorClass::Retry {
            return class;
        }
        if self.retries >= self.believed {
            return ErrorClass::BackOff;
        }
        self.retries += 1;
        ErrorClass::Retry
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::io::ErrorKind;

    fn errno(number: i32) -> io::Error {
        io::Error::from_raw_os_error(number)
    }

    fn judge() -> Judge {
        Judge::new(Classes::default(), 100)
    }

    /// A judge that has accepted before.
    fn seasoned() -> Judge {
        let mut judge = judge();
        judge.accepted();
        judge
    }

    #[test]
    fn every_number_has_its_verdict() {
        use ErrorClass::{BackOff, Fatal, Retry};
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
        assert_eq!(seasoned().failed(&ErrorKind::ConnectionReset.into()), ErrorClass::Retry);
        assert_eq!(seasoned().failed(&io::Error::other("strange")), ErrorClass::BackOff);
    }

    #[test]
    fn a_socket_that_never_could_accept_is_finished() {
        assert_eq!(judge().failed(&errno(libc::EOPNOTSUPP)), ErrorClass::Fatal);
        let mut judge = judge();
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), ErrorClass::Retry);
        assert_eq!(judge.failed(&errno(libc::EOPNOTSUPP)), ErrorClass::Retry);
    }

    #[test]
    fn a_hundred_retries_in_a_row_count_as_unknown() {
        let mut judge = seasoned();
        for _ in 0..100 {
            assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), ErrorClass::Retry);
        }
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), ErrorClass::BackOff);
        assert_eq!(judge.failed(&errno(libc::EPROTO)), ErrorClass::BackOff);
        judge.accepted();
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), ErrorClass::Retry);
    }

    #[test]
    fn the_user_s_function_comes_before_the_user_s_table_and_that_before_ours() {
        let mut classes = Classes::default();
        classes.set(libc::EMFILE, ErrorClass::Fatal);
        classes.set(libc::EBADF, ErrorClass::BackOff);
        classes.set(libc::EIO, ErrorClass::Fatal);
        classes.ask(|error| (error.raw_os_error() == Some(libc::EIO)).then_some(ErrorClass::Retry));
        let mut judge = Judge::new(classes, 2);
        let table = [
            (libc::EMFILE, ErrorClass::Fatal),
            (libc::EBADF, ErrorClass::BackOff),
            (libc::ENOTSOCK, ErrorClass::Fatal),
            (libc::EIO, ErrorClass::Retry),
            (libc::ECONNABORTED, ErrorClass::Retry),
            // Also whom the user believes is believed only so often.
            (libc::EIO, ErrorClass::BackOff),
        ];
        for (number, class) in table {
            assert_eq!(judge.failed(&errno(number)), class, "{}", errno(number));
        }
    }

    #[test]
    fn with_no_retries_every_error_of_a_client_backs_off() {
        let mut judge = Judge::new(Classes::default(), 0);
        assert_eq!(judge.failed(&errno(libc::ECONNABORTED)), ErrorClass::BackOff);
    }
}
