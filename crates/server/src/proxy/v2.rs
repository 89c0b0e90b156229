//! Version 2: sixteen bytes, then as many as they say: the addresses and the fields.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::proxy::bytes::Bytes;
use crate::proxy::crc32c::crc32c;
use crate::proxy::error::ProxyHeaderError;
use crate::proxy::field::{self, CRC32C, FIELD_HEAD, Fields, NOOP};
use crate::proxy::header::{Ends, ProxyHeader, UNIX_NAME, canonical, unix_name};
use crate::proxy::parsed::Halt;

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Where the version and the command stand; the family, the transport; the length; and what it counts.
const COMMAND_AT: usize = 12;
const FAMILY_AT: usize = 13;
const LENGTH_AT: usize = 14;
const BLOCK_AT: usize = 16;

const LOCAL: u8 = 0x20;
const PROXY: u8 = 0x21;
const UNSPEC: u8 = 0x0;
const INET: u8 = 0x1;
const INET6: u8 = 0x2;
const UNIX: u8 = 0x3;
const STREAM: u8 = 0x1;
const DGRAM: u8 = 0x2;

/// The header, and its length. It is no longer than `limit`.
pub(super) fn read(bytes: &[u8], limit: usize) -> Result<(ProxyHeader, usize), Halt> {
    if let Some(at) = bytes.iter().zip(SIGNATURE).position(|(came, expected)| *came != expected) {
        return Err(Halt::Fault(ProxyHeaderError::NotProxy { at }));
    }
    let missing = || Halt::More(BLOCK_AT.saturating_sub(bytes.len()));
    let local = match *bytes.get(COMMAND_AT).ok_or_else(missing)? {
        LOCAL => true,
        PROXY => false,
        other if other >> 4 != 2 => return Err(Halt::malformed(COMMAND_AT, "the version is not 2")),
        _ => return Err(Halt::malformed(COMMAND_AT, "the command is neither LOCAL nor PROXY")),
    };
    let family = *bytes.get(FAMILY_AT).ok_or_else(missing)?;
    let (family, transport) = (family >> 4, family & 0xf);
    // A local header's family is ignored, and with it all the rest.
    if !local && (family > UNIX || transport > DGRAM) {
        return Err(Halt::malformed(FAMILY_AT, "there is no such family or transport"));
    }
    let length =
        Bytes::new(bytes.get(LENGTH_AT..).unwrap_or_default(), LENGTH_AT).u16().ok_or_else(missing)?;
    let whole = BLOCK_AT + usize::from(length);
    if whole > limit {
        return Err(Halt::Fault(ProxyHeaderError::TooLong { at: LENGTH_AT, limit }));
    }
    if !local && usize::from(length) < addresses_length(family) {
        return Err(Halt::malformed(LENGTH_AT, "the length has no room for the addresses"));
    }
    let Some(bytes) = bytes.get(..whole) else { return Err(Halt::More(whole - bytes.len())) };
    if local {
        return Ok((ProxyHeader::local(), whole));
    }

    let (addresses, block) = bytes[BLOCK_AT..].split_at(addresses_length(family));
    let ends = if transport == UNSPEC { Ends::Unknown } else { ends(family, addresses) };
    let mut header = ProxyHeader::new(2, ends);
    header.datagram = transport == DGRAM && header.ends != Ends::Unknown;
    read_fields(&mut header, bytes, Bytes::new(block, whole - block.len())).map_err(Halt::Fault)?;
    Ok((header, whole))
}

const fn addresses_length(family: u8) -> usize {
    match family {
        INET => 2 * (size_of::<Ipv4Addr>() + size_of::<u16>()),
        INET6 => 2 * (size_of::<Ipv6Addr>() + size_of::<u16>()),
        UNIX => 2 * UNIX_NAME,
        _ => 0,
    }
}

/// The addresses in as many bytes as they have.
fn ends(family: u8, bytes: &[u8]) -> Ends {
    let mut bytes = Bytes::new(bytes, BLOCK_AT);
    let read = match family {
        INET => inet(&mut bytes, |bytes| Some(Ipv4Addr::from(bytes.array::<4>()?).into())),
        INET6 => inet(&mut bytes, |bytes| Some(Ipv6Addr::from(bytes.array::<16>()?).into())),
        UNIX => bytes.take(UNIX_NAME).zip(bytes.take(UNIX_NAME)).map(|(source, destination)| Ends::Unix {
            source: unix_name(source).to_vec(),
            destination: unix_name(destination).to_vec(),
        }),
        _ => None,
    };
    read.unwrap_or(Ends::Unknown)
}

fn inet<'a>(bytes: &mut Bytes<'a>, ip: fn(&mut Bytes<'a>) -> Option<IpAddr>) -> Option<Ends> {
    let (source, destination) = (ip(bytes)?, ip(bytes)?);
    Some(Ends::Inet {
        source: canonical(SocketAddr::new(source, bytes.u16()?)),
        destination: canonical(SocketAddr::new(destination, bytes.u16()?)),
    })
}

/// Checks the fields, and keeps those that say something.
fn read_fields(header: &mut ProxyHeader, bytes: &[u8], block: Bytes<'_>) -> Result<(), ProxyHeaderError> {
    // The types of which there may be one only are below 64.
    let mut seen = 0_u64;
    for found in Fields::new(block) {
        let found = found.map_err(|at| ProxyHeaderError::malformed(at, "a field reaches beyond the end"))?;
        let value_at = found.at + FIELD_HEAD;
        if let Some((within, fault)) = field::fault(found.kind, found.value) {
            return Err(ProxyHeaderError::malformed(value_at + within, fault));
        }
        if field::is_single(found.kind) {
            let bit = 1 << found.kind;
            if seen & bit != 0 {
                return Err(ProxyHeaderError::malformed(found.at, "a field comes twice that may come once"));
            }
            seen |= bit;
        }
        match found.kind {
            NOOP => {}
            CRC32C => {
                let after = value_at + found.value.len();
                let sum = crc32c([&bytes[..value_at], &[0; size_of::<u32>()], &bytes[after..]]);
                if found.value != sum.to_be_bytes() {
                    return Err(ProxyHeaderError::WrongChecksum { at: value_at });
                }
                header.checksum = true;
            }
            kind => field::append(&mut header.fields, kind, found.value),
        }
    }
    Ok(())
}

/// The bytes that say this.
pub(super) fn write(header: &ProxyHeader) -> Vec<u8> {
    let mut bytes = SIGNATURE.to_vec();
    bytes.push(if header.local { LOCAL } else { PROXY });
    let transport = if header.datagram { DGRAM } else { STREAM };
    let mut block = Vec::new();
    let family = match &header.ends {
        Ends::Unknown => UNSPEC << 4 | UNSPEC,
        Ends::Inet { source, destination } => {
            let family = match (source.ip(), destination.ip()) {
                (IpAddr::V4(source), IpAddr::V4(destination)) => {
                    block.extend(source.octets());
                    block.extend(destination.octets());
                    INET
                }
                (source, destination) => {
                    block.extend(as_ipv6(source).octets());
                    block.extend(as_ipv6(destination).octets());
                    INET6
                }
            };
            block.extend(source.port().to_be_bytes());
            block.extend(destination.port().to_be_bytes());
            family << 4 | transport
        }
        Ends::Unix { source, destination } => {
            for name in [source, destination] {
                let end = block.len() + UNIX_NAME;
                block.extend(name);
                block.resize(end, 0);
            }
            UNIX << 4 | transport
        }
    };
    bytes.push(family);
    block.extend(&header.fields);
    if header.checksum {
        field::append(&mut block, CRC32C, &[0; size_of::<u32>()]);
    }
    // Whoever adds a field sees to it that the length is enough for all of them.
    bytes.extend((block.len() as u16).to_be_bytes());
    bytes.append(&mut block);
    if header.checksum {
        let sum = crc32c([&bytes]);
        let at = bytes.len() - size_of::<u32>();
        bytes[at..].copy_from_slice(&sum.to_be_bytes());
    }
    bytes
}

const fn as_ipv6(ip: IpAddr) -> Ipv6Addr {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped(),
        IpAddr::V6(ip) => ip,
    }
}
