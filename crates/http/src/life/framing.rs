//! Where one request ends, and the next begins.

use memchr::memchr;

/// How much body there is behind a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    /// None: the next head follows at once.
    Nothing,
    /// So many bytes.
    Length(u64),
    /// Chunks, and trailers.
    Chunked,
}

/// A body that is passed over.
///
/// The engine reads it, and closes the connection if it is not what it should be; so this needs to find the end only of those that
/// are.
#[derive(Debug, Clone, Copy)]
pub(super) enum Passing {
    Length(u64),
    /// The line with the size of a chunk: what it says so far, and whether it has said it.
    Size(u64, bool),
    /// What is left of a chunk, with the end of line behind it.
    Chunk(u64),
    /// A line of the trailers, and whether there is anything on it so far.
    Trailer(bool),
}

impl Passing {
    pub(super) const fn of(framing: Framing) -> Option<Self> {
        match framing {
            Framing::Nothing | Framing::Length(0) => None,
            Framing::Length(length) => Some(Self::Length(length)),
            Framing::Chunked => Some(Self::Size(0, false)),
        }
    }

    /// Passes over what belongs to the body. Whether that was all of it, and how many bytes it were.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> (bool, usize) {
        let mut at = 0;
        while let Some(&byte) = bytes.get(at) {
            match self {
                Self::Length(left) | Self::Chunk(left) => {
                    let n = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len() - at);
                    *left -= n as u64;
                    at += n;
                    match self {
                        Self::Length(0) => return (true, at),
                        Self::Chunk(0) => *self = Self::Size(0, false),
                        _ => {}
                    }
                    continue;
                }
                Self::Size(size, _) if byte == b'\n' => {
                    *self = match *size {
                        0 => Self::Trailer(false),
                        size => Self::Chunk(size.saturating_add(CRLF)),
                    };
                }
                Self::Size(size, said) => match char::from(byte).to_digit(16) {
                    Some(digit) if !*said => *size = size.saturating_mul(16).saturating_add(digit.into()),
                    _ => *said = true,
                },
                Self::Trailer(false) if byte == b'\n' => return (true, at + 1),
                Self::Trailer(false) => *self = Self::Trailer(byte != b'\r'),
                Self::Trailer(true) => {
                    let Some(end) = memchr(b'\n', &bytes[at..]) else { return (false, bytes.len()) };
                    at += end;
                    *self = Self::Trailer(false);
                }
            }
            at += 1;
        }
        (false, at)
    }
}

const CRLF: u64 = 2;

#[cfg(test)]
mod tests {
    use super::{Framing, Passing};

    #[test]
    fn the_end_of_a_body_is_found_however_it_comes() {
        for (framing, body) in [
            (Framing::Length(5), &b"hello"[..]),
            (Framing::Chunked, b"0\r\n\r\n"),
            (Framing::Chunked, b"5\r\nhello\r\n0\r\n\r\n"),
            (Framing::Chunked, b"05;a=f\r\nhe\n\r\n\r\n000;x\r\n\r\n"),
            (Framing::Chunked, b"A \r\n0123456789\r\n0\r\nX: y\r\nZ: \r\n\r\n"),
        ] {
            let bytes = [body, b"GET /"].concat();
            for size in 1..=bytes.len() {
                let (mut passing, mut passed, mut over) = (Passing::of(framing).unwrap(), 0, false);
                for part in bytes.chunks(size) {
                    let (done, n) = passing.pass(part);
                    passed += n;
                    over = done;
                    if over {
                        break;
                    }
                }
                assert!(over && passed == body.len(), "{} in parts of {size}", body.escape_ascii());
            }
        }
    }

    #[test]
    fn a_body_of_nothing_is_none() {
        assert!(Passing::of(Framing::Nothing).is_none() && Passing::of(Framing::Length(0)).is_none());
    }
}
