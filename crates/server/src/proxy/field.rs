//! The fields behind the addresses of version 2: a type, a length, a value.

use crate::proxy::bytes::Bytes;

pub(super) const ALPN: u8 = 0x01;
pub(super) const AUTHORITY: u8 = 0x02;
pub(super) const CRC32C: u8 = 0x03;
pub(super) const NOOP: u8 = 0x04;
pub(super) const UNIQUE_ID: u8 = 0x05;
pub(super) const SSL: u8 = 0x20;
pub(super) const SSL_VERSION: u8 = 0x21;
pub(super) const SSL_CN: u8 = 0x22;
pub(super) const SSL_CIPHER: u8 = 0x23;
pub(super) const SSL_SIG_ALG: u8 = 0x24;
pub(super) const SSL_KEY_ALG: u8 = 0x25;
pub(super) const NETNS: u8 = 0x30;

/// What the specification allows.
const UNIQUE_ID_MAX: usize = 128;
/// One byte of flags and four of the verdict stand before what is inside the TLS field.
pub(super) const SSL_HEAD: usize = 5;
/// A type and a length.
pub(super) const FIELD_HEAD: usize = 3;

/// One field, and where it begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) kind: u8,
    pub(super) value: &'a [u8],
    pub(super) at: usize,
}

/// The fields in a block; the last is the place of one that does not fit in, if there is one.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(Bytes<'a>);

impl<'a> Fields<'a> {
    pub(super) const fn new(bytes: Bytes<'a>) -> Self {
        Self(bytes)
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<Field<'a>, usize>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let at = self.0.at();
        let field = take_field(&mut self.0, at);
        if field.is_none() {
            self.0 = Bytes::new(&[], at);
        }
        Some(field.ok_or(at))
    }
}

fn take_field<'a>(bytes: &mut Bytes<'a>, at: usize) -> Option<Field<'a>> {
    let [kind] = bytes.array()?;
    let length = bytes.u16()?;
    Some(Field { kind, value: bytes.take(length.into())?, at })
}

/// The value of the first field of this kind in a block that has been checked.
pub(super) fn find(block: &[u8], kind: u8) -> Option<&[u8]> {
    Fields::new(Bytes::new(block, 0)).flatten().find(|field| field.kind == kind).map(|field| field.value)
}

/// Whether a header may have only one of this kind.
pub(super) const fn is_single(kind: u8) -> bool {
    matches!(kind, ALPN | AUTHORITY | CRC32C | UNIQUE_ID | SSL | NETNS)
}

/// What is wrong with a value, and how far into it.
pub(super) fn fault(kind: u8, value: &[u8]) -> Option<(usize, &'static str)> {
    let whole = |wrong: bool, fault| wrong.then_some((0, fault));
    match kind {
        AUTHORITY => whole(std::str::from_utf8(value).is_err(), "the authority is not UTF-8"),
        CRC32C => whole(value.len() != size_of::<u32>(), "a checksum has 4 bytes"),
        UNIQUE_ID => whole(value.len() > UNIQUE_ID_MAX, "a unique id has at most 128 bytes"),
        NETNS => whole(!value.is_ascii(), "the name of the namespace is not ASCII"),
        SSL => fault_in_ssl(value),
        _ => None,
    }
}

fn fault_in_ssl(value: &[u8]) -> Option<(usize, &'static str)> {
    let Some(inside) = value.get(SSL_HEAD..) else {
        return Some((0, "the TLS field has fewer than 5 bytes"));
    };
    let mut seen = 0_u8;
    for field in Fields::new(Bytes::new(inside, SSL_HEAD)) {
        let Ok(field) = field else {
            return field.err().map(|at| (at, "a field in the TLS field reaches beyond its end"));
        };
        let text = match field.kind {
            SSL_CN => std::str::from_utf8(field.value).is_ok(),
            SSL_VERSION | SSL_CIPHER | SSL_SIG_ALG | SSL_KEY_ALG => field.value.is_ascii(),
            _ => continue,
        };
        let bit = 1 << (field.kind - SSL_VERSION);
        if !text {
            return Some((field.at, "a field in the TLS field is not the text it should be"));
        }
        if seen & bit != 0 {
            return Some((field.at, "a field in the TLS field comes twice"));
        }
        seen |= bit;
    }
    None
}

/// Appends a field; the value must be short enough for its length.
pub(super) fn append(block: &mut Vec<u8>, kind: u8, value: &[u8]) {
    block.push(kind);
    block.extend((value.len() as u16).to_be_bytes());
    block.extend(value);
}
