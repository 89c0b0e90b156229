//! Version 1: one line of text. Each byte is judged as soon as all that it depends on is there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use crate::proxy::encode_error::ProxyEncodeError;
use crate::proxy::error::ProxyHeaderError;
use crate::proxy::header::{Ends, ProxyHeader, canonical};
use crate::proxy::parsed::Halt;

/// The longest line that the specification allows, its end included.
const LINE_MAX: usize = 107;
const BEGINNING: &[u8] = b"PROXY ";
/// The shortest that may follow the beginning, by its first letter.
const SHORTEST_UNKNOWN: usize = b"UNKNOWN\r\n".len();
const SHORTEST_TCP: usize = b"TCP6 :: :: 1 1\r\n".len();
const SHORTEST_PORTS: usize = b"1 1\r\n".len();
const END: usize = b"\r\n".len();

/// What stands between two spaces.
struct Token {
    fits: fn(u8) -> bool,
    shortest: usize,
    longest: usize,
    fault: &'static str,
}

const PORT: Token = Token {
    fits: |byte| byte.is_ascii_digit(),
    shortest: 1,
    longest: 5,
    fault: "it is no port: a number from 0 to 65535 with no zero in front, and one space or the end of line after it",
};
const IPV4: Token = Token {
    fits: |byte| byte.is_ascii_digit() || byte == b'.',
    shortest: 7,
    longest: 15,
    fault: "it is no IPv4 address in its canonical form with one space after it",
};
const IPV6: Token = Token {
    fits: |byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'),
    shortest: 2,
    // All but the last two groups in full, then an IPv4 address.
    longest: 45,
    fault: "it is no IPv6 address with one space after it",
};

/// The header, and its length. What lies beyond `limit` is not looked at.
pub(super) fn read(bytes: &[u8], limit: usize) -> Result<(ProxyHeader, usize), Halt> {
    let limit = limit.min(LINE_MAX);
    let mut line = Line { bytes: &bytes[..bytes.len().min(limit)], at: 0, limit };
    line.beginning()?;
    let ends = match line.peek(SHORTEST_UNKNOWN)? {
        b'U' => line.unknown()?,
        b'T' => line.tcp()?,
        _ => return Err(Halt::malformed(line.at, "the protocol is none of TCP4, TCP6 and UNKNOWN")),
    };
    Ok((ProxyHeader::new(1, ends), line.at))
}

/// The line as far as it has come, and how far it has been judged.
struct Line<'a> {
    bytes: &'a [u8],
    at: usize,
    limit: usize,
}

impl<'a> Line<'a> {
    fn beginning(&mut self) -> Result<(), Halt> {
        for expected in BEGINNING {
            if self.peek(BEGINNING.len() - self.at + SHORTEST_UNKNOWN)? != *expected {
                return Err(Halt::Fault(ProxyHeaderError::NotProxy { at: self.at }));
            }
            self.at += 1;
        }
        Ok(())
    }

    fn unknown(&mut self) -> Result<Ends, Halt> {
        self.literal(b"UNKNOWN", END, "the protocol is none of TCP4, TCP6 and UNKNOWN")?;
        match self.peek(END)? {
            b'\r' => {}
            b' ' => {
                // What the proxy writes here means nothing; it must be text all the same.
                while matches!(self.peek(END)?, b' '..=b'~') {
                    self.at += 1;
                }
            }
            _ => return Err(Halt::malformed(self.at, "UNKNOWN goes on")),
        }
        self.literal(
            b"\r\n",
            0,
            "the line ends with a carriage return and a line feed, and has none elsewhere",
        )?;
        Ok(Ends::Unknown)
    }

    fn tcp(&mut self) -> Result<Ends, Halt> {
        const FAULT: &str = "the protocol is none of TCP4, TCP6 and UNKNOWN";
        self.literal(b"TCP", SHORTEST_TCP - b"TCP".len(), FAULT)?;
        match self.peek(SHORTEST_TCP - b"TCP".len())? {
            b'4' => self.inet::<Ipv4Addr>(&IPV4),
            b'6' => self.inet::<Ipv6Addr>(&IPV6),
            _ => Err(Halt::malformed(self.at, FAULT)),
        }
    }

    /// What follows the digit of the protocol, at which the line stands.
    fn inet<T: FromStr + Into<IpAddr>>(&mut self, address: &Token) -> Result<Ends, Halt> {
        self.at += 1;
        let both = 2 * (address.shortest + 1);
        self.literal(b" ", both + SHORTEST_PORTS, "after the protocol comes one space")?;
        let source = self.ip::<T>(address, both / 2 + 1 + SHORTEST_PORTS)?;
        let destination = self.ip::<T>(address, 1 + SHORTEST_PORTS)?;
        let source = SocketAddr::new(source, self.port(b' ', SHORTEST_PORTS - PORT.shortest)?);
        let destination = SocketAddr::new(destination, self.port(b'\r', END)?);
        self.literal(b"\n", 0, "after the carriage return comes a line feed")?;
        Ok(Ends::Inet { source: canonical(source), destination: canonical(destination) })
    }

    fn ip<T: FromStr + Into<IpAddr>>(&mut self, token: &Token, after: usize) -> Result<IpAddr, Halt> {
        let start = self.at;
        let ip = self.token(token, b' ', after)?.parse::<T>();
        ip.map(Into::into).map_err(|_| Halt::malformed(start, token.fault))
    }

    fn port(&mut self, end: u8, after: usize) -> Result<u16, Halt> {
        let start = self.at;
        let text = self.token(&PORT, end, after)?;
        let canonical = text == "0" || !text.starts_with('0');
        text.parse().ok().filter(|_| canonical).ok_or(Halt::malformed(start, PORT.fault))
    }

    /// What stands before the next `end`, which is passed over. So many bytes at least come `after` it, the end included.
    fn token(&mut self, token: &Token, end: u8, after: usize) -> Result<&'a str, Halt> {
        let start = self.at;
        loop {
            let length = self.at - start;
            match self.peek(token.shortest.saturating_sub(length) + after)? {
                byte if byte == end => break,
                byte if (token.fits)(byte) && length < token.longest => self.at += 1,
                _ => return Err(Halt::malformed(self.at, token.fault)),
            }
        }
        let text = std::str::from_utf8(&self.bytes[start..self.at]);
        self.at += 1;
        text.map_err(|_| Halt::malformed(start, token.fault))
    }

    /// Passes over these bytes, after which at least so many come.
    fn literal(&mut self, expected: &[u8], after: usize, fault: &'static str) -> Result<(), Halt> {
        for (done, byte) in expected.iter().enumerate() {
            if self.peek(expected.len() - done + after)? != *byte {
                return Err(Halt::malformed(self.at, fault));
            }
            self.at += 1;
        }
        Ok(())
    }

    /// The next byte; from it on at least `missing` belong to the line.
    fn peek(&self, missing: usize) -> Result<u8, Halt> {
        match self.bytes.get(self.at) {
            Some(byte) => Ok(*byte),
            None if self.at == self.limit => {
                Err(Halt::Fault(ProxyHeaderError::TooLong { at: self.at, limit: self.limit }))
            }
            None => Err(Halt::More(missing.min(self.limit - self.at))),
        }
    }
}

/// The line that says this.
pub(super) fn write(header: &ProxyHeader) -> Result<Vec<u8>, ProxyEncodeError> {
    if header.datagram {
        return Err(ProxyEncodeError::new("version 1 has no word for datagrams"));
    }
    if !header.fields.is_empty() || header.checksum {
        return Err(ProxyEncodeError::new("version 1 has no fields and no checksum"));
    }
    match header.ends {
        Ends::Unknown => Ok(b"PROXY UNKNOWN\r\n".to_vec()),
        Ends::Unix { .. } => Err(ProxyEncodeError::new("version 1 has no word for Unix sockets")),
        Ends::Inet { source, destination } => {
            let ports = [source.port(), destination.port()];
            Ok(match (source.ip(), destination.ip()) {
                (IpAddr::V4(source), IpAddr::V4(destination)) => {
                    format!("PROXY TCP4 {source} {destination} {} {}\r\n", ports[0], ports[1])
                }
                (source, destination) => {
                    let (source, destination) = (in_groups(source), in_groups(destination));
                    format!("PROXY TCP6 {source} {destination} {} {}\r\n", ports[0], ports[1])
                }
            }
            .into_bytes())
        }
    }
}

/// An address in the only form that version 1 has for IPv6: std writes `::ffff:192.0.2.1`.
fn in_groups(ip: IpAddr) -> String {
    let mapped = |[a, b, c, d]: [u8; 4]| {
        format!("::ffff:{:x}:{:x}", u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]))
    };
    match ip {
        IpAddr::V4(ip) => mapped(ip.octets()),
        IpAddr::V6(ip) => Ipv6Addr::to_string(&ip),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(bytes: &[u8]) -> String {
        match read(bytes, usize::MAX) {
            Ok((header, consumed)) => match header.ends {
                Ends::Inet { source, destination } => format!("{source} > {destination}, {consumed}"),
                ends => format!("{ends:?}, {consumed}"),
            },
            Err(Halt::More(n)) => format!("{n} more"),
            Err(Halt::Fault(error)) => match error {
                ProxyHeaderError::Malformed { at, .. } => format!("malformed at {at}"),
                ProxyHeaderError::NotProxy { at } => format!("not PROXY at {at}"),
                ProxyHeaderError::TooLong { at, .. } => format!("too long at {at}"),
                other => format!("{other:?}"),
            },
        }
    }

    #[test]
    fn lines_are_read_as_the_table_says() {
        let table: [(&str, &str); 45] = [
            ("PROXY TCP4 192.0.2.7 198.51.100.1 56324 443\r\n", "192.0.2.7:56324 > 198.51.100.1:443, 45"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 0 65535\r\nGET", "1.2.3.4:0 > 5.6.7.8:65535, 36"),
            (
                "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n",
                "255.255.255.255:65535 > 255.255.255.255:65535, 56",
            ),
            ("PROXY TCP6 :: ::1 1 2\r\n", "[::]:1 > [::1]:2, 23"),
            ("PROXY TCP6 2001:DB8::7 2001:0db8:0::1 1 2\r\n", "[2001:db8::7]:1 > [2001:db8::1]:2, 43"),
            ("PROXY TCP6 ::ffff:192.0.2.7 ::ffff:c000:201 1 2\r\n", "192.0.2.7:1 > 192.0.2.1:2, 49"),
            ("PROXY UNKNOWN\r\n", "Unknown, 15"),
            ("PROXY UNKNOWN \r\n", "Unknown, 16"),
            ("PROXY UNKNOWN ffff::1 whatever 1 x\r\nabc", "Unknown, 36"),
            // Nothing comes in more than one way.
            ("", "15 more"),
            ("GET / HTTP/1.1\r\n", "not PROXY at 0"),
            ("PROXi", "not PROXY at 4"),
            ("PROXY\t", "not PROXY at 5"),
            ("PROXY  TCP4", "malformed at 6"),
            ("PROXY tcp4", "malformed at 6"),
            ("PROXY TCP5", "malformed at 9"),
            ("PROXY UDP4", "malformed at 7"),
            ("PROXY UNKNOWNX", "malformed at 13"),
            ("PROXY UNKNOWN\n", "malformed at 13"),
            ("PROXY UNKNOWN\rX", "malformed at 14"),
            ("PROXY UNKNOWN a\nb\r\n", "malformed at 15"),
            ("PROXY UNKNOWN a\rb\r\n", "malformed at 16"),
            ("PROXY UNKNOWN \u{e9}\r\n", "malformed at 14"),
            ("PROXY TCP4\t1.2.3.4 5.6.7.8 1 2\r\n", "malformed at 10"),
            ("PROXY TCP4  1.2.3.4 5.6.7.8 1 2\r\n", "malformed at 11"),
            ("PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n", "malformed at 19"),
            ("PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n", "malformed at 11"),
            ("PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n", "malformed at 11"),
            ("PROXY TCP4 1.2.3 5.6.7.8 1 2\r\n", "malformed at 11"),
            ("PROXY TCP4 ::1", "malformed at 11"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8, 1 2\r\n", "malformed at 26"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n", "malformed at 27"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 00 2\r\n", "malformed at 27"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 +1 2\r\n", "malformed at 27"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n", "malformed at 27"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 123456", "malformed at 32"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "malformed at 28"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2 \r\n", "malformed at 30"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\n", "malformed at 30"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 2\rX", "malformed at 31"),
            ("PROXY TCP4 1.2.3.4 5.6.7.8 1 \r\n", "malformed at 29"),
            ("PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n", "malformed at 11"),
            ("PROXY TCP6 ::1::1 ::1 1 2\r\n", "malformed at 11"),
            ("PROXY TCP6 fe80::1%1 ::1 1 2\r\n", "malformed at 18"),
            ("PROXY TCP6 00000::1 ::1 1 2\r\n", "malformed at 11"),
        ];
        for (text, expected) in table {
            assert_eq!(shape(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn a_line_may_have_107_bytes() {
        let line = |filling: usize| format!("PROXY UNKNOWN {}\r\n", "x".repeat(filling));
        assert_eq!(shape(line(91).as_bytes()), "Unknown, 107");
        assert_eq!(shape(line(92).as_bytes()), "too long at 107");
        assert_eq!(shape(&line(92).as_bytes()[..107]), "too long at 107");
        assert_eq!(shape(&line(92).as_bytes()[..106]), "1 more");
    }

    #[test]
    fn what_is_missing_never_reaches_beyond_the_shortest_line() {
        for line in ["PROXY UNKNOWN\r\n", "PROXY TCP6 :: :: 1 1\r\n", "PROXY TCP4 1.1.1.1 1.1.1.1 1 1\r\n"] {
            for end in 0..line.len() {
                let Err(Halt::More(n)) = read(&line.as_bytes()[..end], LINE_MAX) else {
                    panic!("{line:?} {end}")
                };
                assert!(end + n <= line.len(), "{line:?}, cut at {end}: {n} more");
            }
            let exact = |letter: usize| match read(&line.as_bytes()[..letter], LINE_MAX) {
                Err(Halt::More(n)) => letter + n,
                other => panic!("{other:?}"),
            };
            // From the digit of the protocol on, what is missing is known.
            assert!((11..line.len()).all(|end| exact(end) == line.len()), "{line:?}");
        }
    }
}
