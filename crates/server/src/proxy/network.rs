//! A part of the address space.

use std::error::Error;
use std::fmt;
use std::io;
use std::net::IpAddr;
use std::str::FromStr;

/// How many bits stand before an IPv4 address that is written as IPv6.
const MAPPED: u32 = u128::BITS - u32::BITS;

/// `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Network {
    /// Canonical, and zero beyond the prefix.
    base: IpAddr,
    prefix: u32,
}

impl Network {
    /// An IPv4 address that is written as IPv6 counts as what it is.
    pub(super) fn contains(&self, ip: &IpAddr) -> bool {
        let ip = ip.to_canonical();
        let differing = number(ip) ^ number(self.base);
        ip.is_ipv4() == self.base.is_ipv4() && differing & !host_bits(self.base, self.prefix) == 0
    }
}

fn number(ip: IpAddr) -> u128 {
    match ip {
        IpAddr::V4(ip) => ip.to_bits().into(),
        IpAddr::V6(ip) => ip.to_bits(),
    }
}

const fn width(ip: IpAddr) -> u32 {
    match ip {
        IpAddr::V4(_) => u32::BITS,
        IpAddr::V6(_) => u128::BITS,
    }
}

/// The bits of an address that such a prefix leaves open. The prefix is no longer than the address.
const fn host_bits(ip: IpAddr, prefix: u32) -> u128 {
    match u128::MAX.checked_shl(width(ip) - prefix) {
        Some(network) => !network,
        None => u128::MAX,
    }
}

impl FromStr for Network {
    type Err = ProxyNetworkError;

    fn from_str(written: &str) -> Result<Self, ProxyNetworkError> {
        let fault = |fault| ProxyNetworkError { written: written.to_owned(), fault };
        let (ip, digits) = match written.split_once('/') {
            Some((ip, digits)) => (ip, Some(digits)),
            None => (written, None),
        };
        let ip: IpAddr =
            ip.parse().map_err(|_| fault(r#"it is no address; write "10.0.0.0/8" or "192.0.2.1""#))?;
        let prefix = match digits {
            Some(digits) => prefix(digits, width(ip)).ok_or_else(|| {
                fault("after the slash comes a number of bits: at most 32 in IPv4, 128 in IPv6")
            })?,
            None => width(ip),
        };
        if number(ip) & host_bits(ip, prefix) != 0 {
            return Err(fault("its address has bits beyond those that count; let them be zero"));
        }
        // With no bit beyond the prefix and canonical, the prefix covers what stands before the IPv4 address.
        match ip.to_canonical() {
            base if base.is_ipv4() && ip.is_ipv6() => Ok(Self { base, prefix: prefix - MAPPED }),
            base => Ok(Self { base, prefix }),
        }
    }
}

fn prefix(digits: &str, width: u32) -> Option<u32> {
    // `u32::from_str` would take a plus sign.
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|prefix| plain && *prefix <= width)
}

/// A text that names no network. It says what was written and what is wrong with it. As an [`io::Error`] its kind is
/// `InvalidInput`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyNetworkError {
    written: String,
    fault: &'static str,
}

impl ProxyNetworkError {
    /// The text as it was written.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl fmt::Display for ProxyNetworkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot trust the network {:?}: {}", self.written, self.fault)
    }
}

impl Error for ProxyNetworkError {}

impl From<ProxyNetworkError> for io::Error {
    fn from(error: ProxyNetworkError) -> Self {
        Self::new(io::ErrorKind::InvalidInput, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_contains_what_the_table_says() {
        let table: [(&str, &[&str], &[&str]); 9] = [
            (
                "10.0.0.0/8",
                &["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
                &["11.0.0.0", "9.255.255.255"],
            ),
            ("192.0.2.1", &["192.0.2.1", "::ffff:192.0.2.1"], &["192.0.2.0", "192.0.2.2", "::192.0.2.1"]),
            ("192.0.2.128/25", &["192.0.2.128", "192.0.2.255"], &["192.0.2.127"]),
            ("0.0.0.0/0", &["0.0.0.0", "255.255.255.255"], &["::", "::1"]),
            ("::1", &["::1"], &["::", "::2", "0.0.0.1"]),
            ("::/0", &["::", "ffff::1"], &["127.0.0.1", "::ffff:127.0.0.1"]),
            ("2001:db8::/32", &["2001:db8::", "2001:db8:ffff::1"], &["2001:db9::", "2001:db7:ffff::"]),
            ("::ffff:10.0.0.0/104", &["10.9.9.9", "::ffff:10.0.0.1"], &["11.0.0.0", "::1"]),
            ("::ffff:0.0.0.0/96", &["1.2.3.4"], &["::1"]),
        ];
        for (written, inside, outside) in table {
            let network: Network = written.parse().unwrap();
            for ip in inside {
                assert!(network.contains(&ip.parse().unwrap()), "{written} {ip}");
            }
            for ip in outside {
                assert!(!network.contains(&ip.parse().unwrap()), "{written} {ip}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_named_and_explained() {
        let table = [
            ("", "no address"),
            ("localhost", "no address"),
            ("10.0.0/8", "no address"),
            ("010.0.0.0/8", "no address"),
            (" 10.0.0.0/8", "no address"),
            ("[::1]", "no address"),
            ("10.0.0.0/", "number of bits"),
            ("10.0.0.0/33", "number of bits"),
            ("10.0.0.0/+8", "number of bits"),
            ("10.0.0.0/255.0.0.0", "number of bits"),
            ("::/129", "number of bits"),
            ("10.0.0.0/99999999999", "number of bits"),
            ("10.0.0.1/8", "bits beyond"),
            ("0.0.0.1/0", "bits beyond"),
            ("2001:db8::1/64", "bits beyond"),
            ("::ffff:0.0.0.0/90", "bits beyond"),
        ];
        for (written, expected) in table {
            let error = written.parse::<Network>().unwrap_err();
            let text = error.to_string();
            assert!(text.contains(expected) && text.contains(&format!("{written:?}")), "{text}");
            assert_eq!(error.written(), written);
        }
    }
}
