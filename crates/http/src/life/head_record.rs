//! The bytes of a head as they came. The engine is lenient about some, and forgets them; this is where they are looked at.

use memchr::{memchr, memchr_iter, memmem};

use crate::life::framing::{Framing, Passing};
use crate::refusal::Refusal;

/// An idle connection keeps no more room than this.
const SPARE: usize = 512;

/// What has come and was not judged yet: the beginning of the next head, and perhaps more. It is never more than what the
/// engine has read and not understood yet, which is bounded.
#[derive(Debug, Default)]
pub(super) struct HeadRecord {
    bytes: Vec<u8>,
    /// The body before that head, of which there is more to come.
    passing: Option<Passing>,
    /// The bytes are no longer HTTP's.
    closed: bool,
}

impl HeadRecord {
    pub(super) fn keep(&mut self, mut bytes: &[u8]) {
        if self.closed {
            return;
        }
        if let Some(passing) = &mut self.passing {
            let (over, passed) = passing.pass(bytes);
            bytes = &bytes[passed..];
            if over {
                self.passing = None;
            }
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// What comes from now on is none of its business.
    pub(super) fn close(&mut self) {
        *self = Self { closed: true, ..Self::default() };
    }

    pub(super) const fn length(&self) -> usize {
        self.bytes.len()
    }

    /// Whether part of a head has come.
    pub(super) fn has_begun(&self) -> bool {
        self.bytes.iter().any(|byte| !matches!(byte, b'\r' | b'\n'))
    }

    /// Whether this is how HTTP/2 begins, where only HTTP/1 is spoken.
    pub(super) fn is_http2(&self) -> bool {
        self.bytes[leading_lines(&self.bytes)..].starts_with(b"PRI * HTTP/2")
    }

    /// Why the engine found the head too large: it knows one word for it.
    pub(super) fn too_large(&self, max_target: usize, max_head: usize, max_headers: usize) -> Refusal {
        let seen = &self.bytes[leading_lines(&self.bytes)..];
        let first = &seen[..memchr(b'\n', seen).unwrap_or(seen.len())];
        let target = first.split(|byte| *byte == b' ').nth(1).unwrap_or_default();
        if target.len() > max_target {
            return Refusal::TargetTooLong { limit: max_target };
        }
        match memmem::find(seen, END) {
            Some(length) if length + END.len() <= max_head && lines(&seen[..length]) <= max_headers => {
                Refusal::Malformed("its content-length is no length")
            }
            _ => Refusal::HeadTooLarge,
        }
    }

    /// Judges the head of a request that the engine has understood, and forgets it. Behind it is a body, and then the next.
    pub(super) fn judge(&mut self, method: &[u8], framing: Framing) -> Result<(), Refusal> {
        if self.closed {
            return Ok(());
        }
        let start = leading_lines(&self.bytes);
        let seen = &self.bytes[start..];
        if !seen.starts_with(method) || seen.get(method.len()) != Some(&b' ') {
            return Err(Refusal::Malformed("it does not begin where the last one ended"));
        }
        let end = start + judge(seen)?;
        self.passing = Passing::of(framing);
        if self.bytes.len() == end {
            self.bytes.clear();
        } else {
            let rest = self.bytes.split_off(end);
            self.bytes.clear();
            self.keep(&rest);
        }
        if self.bytes.is_empty() && self.bytes.capacity() > SPARE {
            self.bytes = Vec::new();
        }
        Ok(())
    }
}

const END: &[u8] = b"\r\n\r\n";
const BARE: Refusal = Refusal::Malformed("a line ends with a bare line feed");
const BOTH: Refusal = Refusal::Malformed("it has both a content-length and a transfer-encoding");

fn leading_lines(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
}

/// How many lines follow the first.
fn lines(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte == b'\n').count()
}

/// How long the head is, if nothing is wrong with it.
///
/// RFC 9112: section 2.2 lets a recipient accept a bare line feed, and section 6.3 a length beside chunks; both are how
/// requests are smuggled past whoever reads them otherwise.
fn judge(bytes: &[u8]) -> Result<usize, Refusal> {
    let (mut length, mut chunked) = (false, false);
    let mut at = 0;
    for end in memchr_iter(b'\n', bytes) {
        let line = &bytes[at..end];
        at = end + 1;
        match line {
            [b'\r'] => return if length && chunked { Err(BOTH) } else { Ok(at) },
            [first, .., b'\r'] => match first {
                b'c' | b'C' => length |= is(line, b"content-length:"),
                b't' | b'T' => chunked |= is(line, b"transfer-encoding:"),
                _ => {}
            },
            _ => return Err(BARE),
        }
    }
    // The engine has found its end.
    Err(BARE)
}

fn is(line: &[u8], name: &[u8]) -> bool {
    line.len() >= name.len() && line[..name.len()].eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::{BARE, HeadRecord};
    use crate::life::framing::Framing;
    use crate::refusal::Refusal;

    fn record(bytes: &[u8]) -> HeadRecord {
        let mut record = HeadRecord::default();
        record.keep(bytes);
        record
    }

    fn judged(bytes: &[u8]) -> Result<(), Refusal> {
        record(bytes).judge(b"GET", Framing::Nothing)
    }

    #[test]
    fn a_head_is_judged_by_its_bytes() {
        assert_eq!(judged(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(()));
        assert_eq!(judged(b"\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"), Ok(()));
        assert_eq!(judged(b"GET / HTTP/1.1\nHost: a\r\n\r\n"), Err(BARE));
        assert_eq!(judged(b"GET / HTTP/1.1\nHost: a\n\n"), Err(BARE));
        let both = b"GET / HTTP/1.1\r\ncontent-LENGTH: 5\r\nTransfer-Encoding: chunked\r\n\r\n";
        assert!(judged(both).is_err_and(|refusal| refusal != BARE));
    }

    #[test]
    fn a_head_that_does_not_begin_where_the_last_one_ended_is_refused() {
        assert!(judged(b"ding: x\nHost: a\r\n\r\n").is_err());
    }

    #[test]
    fn heads_in_a_row_are_judged_one_by_one() {
        let mut record = record(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\nHost: a\r\n\r\n");
        assert_eq!(record.judge(b"GET", Framing::Nothing), Ok(()));
        assert!(record.has_begun());
        assert_eq!(record.judge(b"GET", Framing::Nothing), Err(BARE));
    }

    #[test]
    fn a_head_behind_a_body_is_judged_however_both_came() {
        let bytes = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n\
            POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhiGET /2 HTTP/1.1\nHost: a\r\n\r\n";
        for cut in 57..bytes.len() {
            let mut record = record(&bytes[..cut]);
            assert_eq!(record.judge(b"POST", Framing::Chunked), Ok(()));
            record.keep(&bytes[cut..]);
            assert_eq!(record.judge(b"POST", Framing::Length(2)), Ok(()), "cut at {cut}");
            assert_eq!(record.judge(b"GET", Framing::Nothing), Err(BARE), "cut at {cut}");
        }
    }

    #[test]
    fn what_is_too_large_is_named() {
        let why = |bytes: &[u8]| record(bytes).too_large(5, 60, 2);
        assert_eq!(why(b"GET /12345 HTTP/1.1\r\n"), Refusal::TargetTooLong { limit: 5 });
        assert_eq!(why(b"GET /12345"), Refusal::TargetTooLong { limit: 5 });
        assert_eq!(why(b"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), Refusal::HeadTooLarge);
        assert_eq!(why(b"GET / HTTP/1.1\r\nA: 1"), Refusal::HeadTooLarge);
        assert!(matches!(why(b"GET / HTTP/1.1\r\nContent-Length: 99\r\n\r\n"), Refusal::Malformed(_)));
    }

    #[test]
    fn what_is_no_longer_http_is_not_kept() {
        let mut record = record(b"CONNECT a:1 HTTP/1.1\r\n\r\n");
        record.close();
        record.keep(b"GET / ");
        assert!(!record.has_begun());
        assert_eq!(record.judge(b"GET", Framing::Nothing), Ok(()));
    }
}
