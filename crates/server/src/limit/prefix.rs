//! Which addresses count as one source.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The part of an address that is counted; what follows it is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Prefix {
    address: IpAddr,
    length: u8,
}

/// How many bits of an address count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    ipv4: u8,
    ipv6: u8,
}

const IPV4_BITS: u8 = 32;
const IPV6_BITS: u8 = 128;
/// What a provider gives to one customer at least, who may use every address in it.
const IPV6_COUNTED: u8 = 64;

impl Lengths {
    pub(super) const DEFAULT: Self = Self { ipv4: IPV4_BITS, ipv6: IPV6_COUNTED };

    /// Longer ones than an address has bits count the whole of it.
    pub(super) fn new(ipv4: u8, ipv6: u8) -> Self {
        Self { ipv4: ipv4.min(IPV4_BITS), ipv6: ipv6.min(IPV6_BITS) }
    }
}

impl Prefix {
    /// An IPv4 address in the clothes of IPv6 (`::ffff:192.0.2.1`) counts as what it is.
    pub(super) fn of(source: IpAddr, lengths: Lengths) -> Self {
        match source.to_canonical() {
            IpAddr::V4(address) => {
                let length = lengths.ipv4;
                let mask = u32::MAX.checked_shl(u32::from(IPV4_BITS - length)).unwrap_or(0);
                Self { address: Ipv4Addr::from_bits(address.to_bits() & mask).into(), length }
            }
            IpAddr::V6(address) => {
                let length = lengths.ipv6;
                let mask = u128::MAX.checked_shl(u32::from(IPV6_BITS - length)).unwrap_or(0);
                Self { address: Ipv6Addr::from_bits(address.to_bits() & mask).into(), length }
            }
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { address, length } = self;
        let whole = if address.is_ipv4() { IPV4_BITS } else { IPV6_BITS };
        if *length == whole { write!(f, "{address}") } else { write!(f, "{address}/{length}") }
    }
}

#[cfg(test)]
mod tests {
    use super::{Lengths, Prefix};

    #[test]
    fn an_address_is_cut_to_what_is_counted() {
        let table = [
            ("192.0.2.77", Lengths::DEFAULT, "192.0.2.77"),
            ("::ffff:192.0.2.77", Lengths::DEFAULT, "192.0.2.77"),
            ("::ffff:192.0.2.77", Lengths::new(24, 64), "192.0.2.0/24"),
            ("192.0.2.77", Lengths::new(0, 0), "0.0.0.0/0"),
            ("192.0.2.77", Lengths::new(200, 200), "192.0.2.77"),
            ("2001:db8:1:2:3:4:5:6", Lengths::DEFAULT, "2001:db8:1:2::/64"),
            ("2001:db8:1:2ff:3:4:5:6", Lengths::new(32, 56), "2001:db8:1:200::/56"),
            ("2001:db8:1:2:3:4:5:6", Lengths::new(32, 128), "2001:db8:1:2:3:4:5:6"),
            ("2001:db8:1:2:3:4:5:6", Lengths::new(32, 0), "::/0"),
            // Not mapped: what only looks like it is an address of IPv6.
            ("::fffe:192.0.2.77", Lengths::DEFAULT, "::/64"),
        ];
        for (source, lengths, expected) in table {
            assert_eq!(Prefix::of(source.parse().unwrap(), lengths).to_string(), expected, "{source}");
        }
    }
}
