//! The bytes of a head as they came. The engine is lenient about some, and forgets them; this is where they are looked at.

use memchr::{memchr, memchr_iter};

use crate::refusal::Refusal;

/// Longer heads are refused by the engine before anybody looks here.
const MOST: usize = 256 * 1024;
/// An idle connection keeps no more room than this.
const SPARE: usize = 512;

/// What came while no request was in flight: the beginning of the next head, and perhaps more.
#[derive(Debug, Default)]
pub(super) struct HeadRecord(Vec<u8>);

impl HeadRecord {
    pub(super) fn keep(&mut self, bytes: &[u8]) {
        if self.0.len() < MOST {
            self.0.extend_from_slice(bytes);
        }
    }

    /// Whether part of a head has come.
    pub(super) fn has_begun(&self) -> bool {
        self.0.iter().any(|byte| !matches!(byte, b'\r' | b'\n'))
    }

    /// How long the first line is, or is so far.
    pub(super) fn first_line(&self) -> usize {
        let bytes = &self.0[leading_lines(&self.0)..];
        memchr(b'\n', bytes).unwrap_or(bytes.len())
    }

    /// Judges the head of a request that the engine has understood, and forgets it. Where it was not seen from its beginning (it
    /// came behind another's body), there is nothing to say.
    ///
    /// With `more`, the next head may follow at once.
    pub(super) fn judge(&mut self, method: &[u8], more: bool) -> Result<(), Refusal> {
        let start = leading_lines(&self.0);
        let seen = &self.0[start..];
        let whole = seen.starts_with(method) && seen.get(method.len()) == Some(&b' ');
        let verdict = if whole { judge(seen) } else { Ok(seen.len()) };
        match verdict {
            Ok(length) if more && length < seen.len() => drop(self.0.drain(..start + length)),
            _ => self.0.clear(),
        }
        if self.0.is_empty() && self.0.capacity() > SPARE {
            self.0 = Vec::new();
        }
        verdict.map(|_| ())
    }
}

const BARE: Refusal = Refusal::Malformed("a line ends with a bare line feed");
const BOTH: Refusal = Refusal::Malformed("it has both a content-length and a transfer-encoding");

fn leading_lines(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count()
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
            [b'\r'] => break,
            [first, .., b'\r'] => match first {
                b'c' | b'C' => length |= is(line, b"content-length:"),
                b't' | b'T' => chunked |= is(line, b"transfer-encoding:"),
                _ => {}
            },
            _ => return Err(BARE),
        }
    }
    if length && chunked { Err(BOTH) } else { Ok(at) }
}

fn is(line: &[u8], name: &[u8]) -> bool {
    line.len() >= name.len() && line[..name.len()].eq_ignore_ascii_case(name)
}

#[cfg(test)]
mod tests {
    use super::{BARE, HeadRecord};
    use crate::refusal::Refusal;

    fn judged(bytes: &[u8]) -> Result<(), Refusal> {
        let mut record = HeadRecord::default();
        record.keep(bytes);
        record.judge(b"GET", true)
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
    fn a_head_that_was_not_seen_from_its_beginning_is_not_judged() {
        assert_eq!(judged(b"ding: x\nHost: a\r\n\r\n"), Ok(()));
    }

    #[test]
    fn heads_in_a_row_are_judged_one_by_one() {
        let mut record = HeadRecord::default();
        record.keep(b"GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\nHost: a\r\n\r\n");
        assert_eq!(record.judge(b"GET", true), Ok(()));
        assert_eq!(record.judge(b"GET", true), Err(BARE));
        assert!(!record.has_begun());
    }
}
