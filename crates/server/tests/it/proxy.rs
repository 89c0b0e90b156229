//! Headers of the PROXY protocol: tables, what holds for any bytes, and a second opinion.

use std::net::{IpAddr, SocketAddr};

use greenroom_server::{ProxyHeader, ProxyHeaderError, ProxyParsed};
use proptest::prelude::*;

const SIGNATURE: &[u8] = b"\r\n\r\n\0\r\nQUIT\n";

/// A header of version 2 with this command, family and block.
fn v2(command: u8, family: u8, block: &[u8]) -> Vec<u8> {
    let length = u16::try_from(block.len()).unwrap().to_be_bytes();
    [SIGNATURE, &[command, family], &length, block].concat()
}

/// One over TCP and IPv4, with these fields behind the addresses.
fn with_fields(fields: &[u8]) -> Vec<u8> {
    v2(0x21, 0x11, &[b"\xc0\0\x02\x07\xc6\x33\x64\x01\xdc\x04\x01\xbb", fields].concat())
}

fn field(kind: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    [&[kind], &length[..], value].concat()
}

fn header(bytes: &[u8]) -> ProxyHeader {
    match ProxyHeader::parse(bytes) {
        Ok(ProxyParsed::Done { header, consumed }) => {
            assert_eq!(consumed, bytes.len());
            header
        }
        other => panic!("{other:?}"),
    }
}

fn address(text: &str) -> SocketAddr {
    text.parse().unwrap()
}

#[test]
fn addresses_of_every_family_are_read() {
    let tcp4 = header(&with_fields(b""));
    assert_eq!(tcp4.source(), Some(address("192.0.2.7:56324")));
    assert_eq!(tcp4.destination(), Some(address("198.51.100.1:443")));
    assert_eq!((tcp4.version(), tcp4.is_local(), tcp4.is_datagram()), (2, false, false));

    let ipv6 = [&[0x20, 0x01, 0x0d, 0xb8], &[0; 11][..], &[7], &[0; 15], &[1], &[0, 1, 0, 2]].concat();
    let udp6 = header(&v2(0x21, 0x22, &ipv6));
    assert_eq!(udp6.source(), Some(address("[2001:db8::7]:1")));
    assert_eq!(udp6.destination(), Some(address("[::1]:2")));
    assert!(udp6.is_datagram());

    let mapped = [&[0; 10], &b"\xff\xff\xc0\0\x02\x07"[..], &[0; 10], b"\xff\xff\xc0\0\x02\x08\0\x01\0\x02"];
    let mapped = header(&v2(0x21, 0x21, &mapped.concat()));
    assert_eq!(mapped.source(), Some(address("192.0.2.7:1")), "an IPv4 address has one name");

    let mut names = [0; 216];
    names[..4].copy_from_slice(b"/a\0b");
    names[108..112].copy_from_slice(b"\0x\0y");
    let unix = header(&v2(0x21, 0x31, &names));
    assert_eq!(unix.unix_names(), Some((&b"/a"[..], &b"\0x\0y"[..])));
    assert_eq!((unix.source(), unix.destination()), (None, None));
}

#[test]
fn without_addresses_the_connections_own_hold() {
    let authority = field(0x02, b"a");
    let addresses = [1; 12];
    let table = [
        // command, family, block, local
        (0x20, 0x00, &b""[..], true),
        (0x20, 0x11, b"not even an address", true),
        (0x20, 0xff, b"", true),
        (0x21, 0x00, b"", false),
        (0x21, 0x00, &authority, false),
        (0x21, 0x01, b"", false),
        (0x21, 0x10, &addresses, false),
    ];
    for (command, family, block, local) in table {
        let header = header(&v2(command, family, block));
        assert_eq!((header.source(), header.destination(), header.unix_names()), (None, None, None));
        assert_eq!(header.is_local(), local, "{command:x} {family:x}");
        assert!(!header.is_datagram());
        assert_eq!(header.authority().is_some(), block == authority, "{command:x} {family:x}");
    }
}

#[test]
fn fields_have_their_accessors() {
    let ssl = [
        b"\x05\0\0\0\0",
        &field(0x21, b"TLSv1.3")[..],
        &field(0x22, "ä".as_bytes()),
        &field(0x23, b"AES"),
        &field(0x24, b"SHA256"),
        &field(0x25, b"RSA2048"),
        &field(0x99, b"\xff"),
    ];
    let fields = [
        field(0x01, b"h2"),
        field(0x02, b"example.org"),
        field(0x04, b"padding"),
        field(0x05, &[9; 128]),
        field(0x30, b"blue"),
        field(0x20, &ssl.concat()),
        field(0xea, b"\x01vpce"),
        field(0xea, b"twice"),
        field(0x04, b""),
    ];
    let header = header(&with_fields(&fields.concat()));
    assert_eq!(header.alpn(), Some(&b"h2"[..]));
    assert_eq!(header.authority(), Some("example.org"));
    assert_eq!(header.unique_id(), Some(&[9; 128][..]));
    assert_eq!(header.namespace(), Some("blue"));
    assert_eq!(header.field(0xea), Some(&b"\x01vpce"[..]));
    assert_eq!(header.field(0xeb), None);
    assert!(!header.has_checksum());
    let kinds: Vec<_> = header.fields().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, [0x01, 0x02, 0x05, 0x30, 0x20, 0xea, 0xea]);

    let ssl = header.ssl().unwrap();
    assert!(ssl.is_tls() && !ssl.has_certificate() && ssl.has_session_certificate() && ssl.is_verified());
    assert_eq!((ssl.version(), ssl.common_name()), (Some("TLSv1.3"), Some("ä")));
    assert_eq!((ssl.cipher(), ssl.key_algorithm()), (Some("AES"), Some("RSA2048")));
    assert_eq!(ssl.signature_algorithm(), Some("SHA256"));
}

#[test]
fn nobody_is_verified_without_a_certificate() {
    let table = [
        (0x01, 0, false),
        (0x03, 0, true),
        (0x05, 0, true),
        (0x07, 0, true),
        (0x03, 1, false),
        (0x07, u32::MAX, false),
        (0xf9, 0, false),
    ];
    for (client, verify, expected) in table {
        let value = [&[client], &u32::to_be_bytes(verify)[..]].concat();
        let header = header(&with_fields(&field(0x20, &value)));
        let ssl = header.ssl().unwrap();
        assert_eq!((ssl.is_verified(), ssl.verify()), (expected, verify), "{client:x}");
    }
}

#[test]
fn a_checksum_is_checked() {
    let plain = ProxyHeader::proxied(address("192.0.2.7:1"), address("192.0.2.8:2"));
    let good = plain.with_field(0x02, b"a").unwrap().with_checksum();
    let bytes = good.to_bytes();
    assert_eq!(header(&bytes), good);
    let at = bytes.len() - 4;
    // Whatever is changed, from the addresses to the checksum itself, it is noticed; lengths and types are
    // noticed for other reasons.
    for changed in (16..28).chain([31]).chain(at..bytes.len()) {
        let mut bytes = bytes.clone();
        bytes[changed] ^= 0x04;
        assert_eq!(ProxyHeader::parse(&bytes), Err(ProxyHeaderError::WrongChecksum { at }), "{changed}");
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    let tls = |inside: &[u8]| with_fields(&field(0x20, &[b"\x01\0\0\0\0", inside].concat()));
    let table: [(Vec<u8>, usize, &str); 24] = [
        (b"\r\n\r\n\0\r\nQUITT".to_vec(), 11, "begins with something else"),
        (b"\r\nX".to_vec(), 2, "begins with something else"),
        (b"\x16\x03\x01".to_vec(), 0, "begins with something else"),
        ([SIGNATURE, b"\x11"].concat(), 12, "the version is not 2"),
        ([SIGNATURE, b"\x31"].concat(), 12, "the version is not 2"),
        ([SIGNATURE, b"\x22"].concat(), 12, "neither LOCAL nor PROXY"),
        ([SIGNATURE, b"\x21\x41"].concat(), 13, "no such family"),
        ([SIGNATURE, b"\x21\x13"].concat(), 13, "no such family"),
        ([SIGNATURE, b"\x21\x11\0\x0b"].concat(), 14, "no room for the addresses"),
        ([SIGNATURE, b"\x21\x21\0\x23"].concat(), 14, "no room for the addresses"),
        ([SIGNATURE, b"\x21\x31\0\xd7"].concat(), 14, "no room for the addresses"),
        ([SIGNATURE, b"\x21\x11\x0f\xf1"].concat(), 14, "longer than 4096 bytes"),
        (with_fields(b"\x02"), 28, "beyond the end"),
        (with_fields(b"\x02\0"), 28, "beyond the end"),
        (with_fields(b"\x02\0\x02a"), 28, "beyond the end"),
        (with_fields(b"\x02\0\x01\xff"), 31, "not UTF-8"),
        (with_fields(&field(0x30, "ä".as_bytes())), 31, "not ASCII"),
        (with_fields(&field(0x05, &[0; 129])), 31, "at most 128 bytes"),
        (with_fields(&field(0x03, &[0; 3])), 31, "4 bytes"),
        (with_fields(&[field(0x02, b"a"), field(0x02, b"b")].concat()), 32, "comes twice"),
        (with_fields(&field(0x20, &[1, 0, 0, 0])), 31, "fewer than 5 bytes"),
        (tls(b"\x21\0\x02a"), 36, "beyond its end"),
        (tls(b"\x21\0\x01\xff"), 36, "not the text"),
        (tls(b"\x22\0\x01a\x22\0\x01b"), 40, "comes twice"),
    ];
    for (bytes, at, expected) in table {
        let error = ProxyHeader::parse(&bytes).unwrap_err();
        assert_eq!(error.at(), at, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::InvalidData);
    }
}

#[test]
fn a_header_may_have_4096_bytes() {
    let longest = with_fields(&field(0xe0, &[7; 4096 - 16 - 12 - 3]));
    assert_eq!(longest.len(), 4096);
    assert_eq!(header(&longest).field(0xe0).map(<[u8]>::len), Some(4065));
}

#[test]
fn what_a_header_cannot_say_is_refused_when_it_is_made() {
    let v4 = ProxyHeader::proxied(address("192.0.2.7:1"), address("192.0.2.8:2"));
    let unix = ProxyHeader::unix(b"/a", b"").unwrap();
    let table = [
        (ProxyHeader::unix(&[b'a'; 109], b"").unwrap_err(), "at most 108 bytes"),
        (ProxyHeader::unix(b"/a", b"/b\0c").unwrap_err(), "a zero byte"),
        (ProxyHeader::unix(b"\0a\0", b"").unwrap_err(), "a zero byte"),
        (v4.clone().with_field(0x02, b"\xff").unwrap_err(), "not UTF-8"),
        (v4.clone().with_field(0x03, &[0; 4]).unwrap_err(), "with_checksum"),
        (v4.clone().with_field(0x04, b"").unwrap_err(), "no fields"),
        (v4.clone().with_field(0xe0, &[0; 66_000]).unwrap_err(), "64 KiB"),
        (v4.clone().with_field(1, b"a").unwrap().with_field(1, b"b").unwrap_err(), "already"),
        (ProxyHeader::local().with_field(0xe0, b"").unwrap_err(), "local"),
        (unix.to_v1().unwrap_err(), "no word for Unix"),
        (v4.clone().datagrams().to_v1().unwrap_err(), "no word for datagrams"),
        (v4.clone().with_checksum().to_v1().unwrap_err(), "no checksum"),
        (v4.clone().with_field(0xe0, b"").unwrap().to_v1().unwrap_err(), "no fields"),
    ];
    for (error, expected) in table {
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(v4.to_v1().unwrap(), b"PROXY TCP4 192.0.2.7 192.0.2.8 1 2\r\n");
    assert_eq!(ProxyHeader::local().to_v1().unwrap(), b"PROXY UNKNOWN\r\n");
    let mixed = ProxyHeader::proxied(address("192.0.2.7:1"), address("[::1]:2"));
    assert_eq!(mixed.to_v1().unwrap(), b"PROXY TCP6 ::ffff:c000:207 ::1 1 2\r\n");
}

#[test]
fn debug_shows_who_and_no_values() {
    let header = ProxyHeader::proxied(address("192.0.2.7:1"), address("[::1]:2"));
    let shown = format!("{:?}", header.with_field(0xe0, b"secret").unwrap());
    assert!(shown.contains("192.0.2.7:1") && shown.contains("(224, 6)"), "{shown}");
    assert!(!shown.contains("secret") && !shown.contains("115, 101"), "{shown}");
    let shown = format!("{:?}", ProxyHeader::unix(b"/run/a", b"\0b").unwrap());
    assert!(shown.contains(r#"("/run/a", "\\x00b")"#), "{shown}");
}

fn any_address() -> impl Strategy<Value = SocketAddr> {
    (any::<IpAddr>(), any::<u16>()).prop_map(SocketAddr::from)
}

fn any_name() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(1_u8.., 0..=108),
        (prop::collection::vec(any::<u8>(), 0..=106), 1_u8..).prop_map(|(name, last)| [
            &[0],
            &name[..],
            &[last]
        ]
        .concat()),
    ]
}

fn any_fields() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    let text = "[ -~]{0,20}".prop_map(String::into_bytes);
    let tls = prop::collection::vec((0x21_u8..0x26, text.clone()), 0..3);
    let tls = (any::<u8>(), any::<u32>(), tls).prop_map(|(client, verify, inside)| {
        let mut value = vec![client];
        value.extend(verify.to_be_bytes());
        inside.iter().for_each(|(kind, text)| value.extend(field(*kind, text)));
        value
    });
    let one = prop_oneof![
        (prop_oneof![Just(1_u8), Just(2), Just(5), Just(0x30)], text),
        (Just(0x20_u8), tls),
        (0xe0_u8.., prop::collection::vec(any::<u8>(), 0..40)),
    ];
    prop::collection::vec(one, 0..5)
}

/// Any header that can be made.
fn any_header() -> impl Strategy<Value = ProxyHeader> {
    let ends = prop_oneof![
        4 => (any_address(), any_address()).prop_map(|(from, to)| ProxyHeader::proxied(from, to)),
        1 => (any_name(), any_name()).prop_map(|(from, to)| ProxyHeader::unix(&from, &to).unwrap()),
        1 => Just(ProxyHeader::unknown()),
        1 => Just(ProxyHeader::local()),
    ];
    (ends, any::<bool>(), any_fields(), any::<bool>()).prop_map(|(ends, datagrams, fields, checksum)| {
        let header = if datagrams && !ends.is_local() { ends.datagrams() } else { ends };
        // What a header may not have is left out.
        let header = fields
            .into_iter()
            .fold(header, |header, (kind, value)| header.clone().with_field(kind, &value).unwrap_or(header));
        if checksum { header.with_checksum() } else { header }
    })
}

/// A header, of either version, and what of it somebody has changed; with something behind it.
fn nearly_a_header() -> impl Strategy<Value = Vec<u8>> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3), 0..3);
    (any_header(), any::<bool>(), changes, prop::collection::vec(any::<u8>(), 0..8)).prop_map(
        |(header, text, changes, behind)| {
            let mut bytes = if text { header.to_v1().ok() } else { None }.unwrap_or_else(|| header.to_v2());
            for (place, byte, change) in changes {
                let place = place.index(bytes.len());
                match change {
                    0 => bytes[place] = byte,
                    1 => bytes.insert(place, byte),
                    _ => drop(bytes.remove(place)),
                }
            }
            bytes.extend(behind);
            bytes
        },
    )
}

/// The answer to all the bytes is the answer to the first of them that had one.
fn answers_once(bytes: &[u8]) {
    let last = ProxyHeader::parse(bytes);
    for end in 0..bytes.len() {
        match ProxyHeader::parse(&bytes[..end]) {
            Ok(ProxyParsed::NeedMore { at_least }) => {
                assert!(at_least > 0, "at {end}");
                if let Ok(ProxyParsed::Done { consumed, .. }) = last {
                    assert!(end + at_least <= consumed, "at {end}: {at_least} is beyond {consumed}");
                }
            }
            answer => assert_eq!(answer, last, "at {end}"),
        }
    }
}

proptest! {
    #[test]
    fn what_is_written_is_read_back(header in any_header(), behind in prop::collection::vec(any::<u8>(), 0..8)) {
        let bytes = header.to_bytes();
        let read = ProxyHeader::parse(&[&bytes[..], &behind].concat());
        prop_assert_eq!(read, Ok(ProxyParsed::Done { header: header.clone(), consumed: bytes.len() }));
        if let Ok(line) = header.to_v1() {
            let Ok(ProxyParsed::Done { header: read, consumed }) = ProxyHeader::parse(&line) else { panic!("{line:?}") };
            prop_assert_eq!((read.source(), read.destination()), (header.source(), header.destination()));
            prop_assert_eq!(consumed, line.len());
            prop_assert_eq!(read.version(), 1);
            prop_assert_eq!(read.to_bytes(), line);
        }
    }

    #[test]
    fn however_the_bytes_come_in_pieces_the_answer_is_the_same(bytes in nearly_a_header()) {
        answers_once(&bytes);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), command in 0x20_u8..0x22, family in 0_u8..0x34) {
        answers_once(&bytes);
        answers_once(&v2(command, family, &bytes));
    }

    #[test]
    fn a_second_opinion_agrees(bytes in nearly_a_header()) {
        agrees_with_ppp(&bytes);
    }
}

/// Ours is the stricter of the two: what it takes, `ppp` takes, and reads the same in it.
fn agrees_with_ppp(bytes: &[u8]) {
    let Ok(ProxyParsed::Done { header, consumed }) = ProxyHeader::parse(bytes) else { return };
    // What a local header says besides is ignored by us, and not by it.
    if header.is_local() {
        return;
    }
    let theirs = ppp::HeaderResult::parse(bytes);
    let same = |ours: Option<SocketAddr>, ip: IpAddr, port: u16| {
        assert_eq!(ours, Some(SocketAddr::new(ip.to_canonical(), port)));
    };
    match theirs {
        ppp::HeaderResult::V1(Ok(theirs)) => {
            assert_eq!((header.version(), consumed), (1, theirs.header.len()));
            match theirs.addresses {
                ppp::v1::Addresses::Tcp4(both) => {
                    same(header.source(), both.source_address.into(), both.source_port);
                    same(header.destination(), both.destination_address.into(), both.destination_port);
                }
                ppp::v1::Addresses::Tcp6(both) => {
                    same(header.source(), both.source_address.into(), both.source_port);
                    same(header.destination(), both.destination_address.into(), both.destination_port);
                }
                ppp::v1::Addresses::Unknown => assert_eq!(header.source(), None),
            }
        }
        ppp::HeaderResult::V2(Ok(theirs)) => {
            assert_eq!((header.version(), consumed), (2, theirs.len()));
            let no_family = theirs.address_family() == ppp::v2::AddressFamily::Unspecified;
            let unspecified = theirs.protocol == ppp::v2::Protocol::Unspecified;
            match theirs.addresses {
                _ if unspecified => assert_eq!((header.source(), header.unix_names()), (None, None)),
                ppp::v2::Addresses::IPv4(both) => {
                    same(header.source(), both.source_address.into(), both.source_port);
                    same(header.destination(), both.destination_address.into(), both.destination_port);
                }
                ppp::v2::Addresses::IPv6(both) => {
                    same(header.source(), both.source_address.into(), both.source_port);
                    same(header.destination(), both.destination_address.into(), both.destination_port);
                }
                ppp::v2::Addresses::Unix(both) => {
                    let (source, destination) = header.unix_names().unwrap();
                    assert!(both.source.starts_with(source) && both.destination.starts_with(destination));
                }
                ppp::v2::Addresses::Unspecified => assert_eq!(header.source(), None),
            }
            // Behind no addresses it looks for no fields.
            if no_family {
                return;
            }
            let fields: Vec<_> = theirs.tlvs().map(Result::unwrap).collect();
            let ours: Vec<_> = header.fields().collect();
            let theirs: Vec<_> = fields
                .iter()
                .filter(|field| !matches!(field.kind, 0x03 | 0x04))
                .map(|field| (field.kind, &*field.value))
                .collect();
            assert_eq!(ours, theirs);
        }
        theirs => panic!("we read {header:?}, and ppp says {theirs:?}"),
    }
}

#[test]
fn a_second_opinion_refuses_what_we_refuse_where_the_specification_is_plain() {
    let refused: [&[u8]; 10] = [
        b"PROXY TCP4 1.2.3.04 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.256 5.6.7.8 1 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 65536 2\r\n",
        b"PROXY TCP4 1.2.3.4 5.6.7.8 01 2\r\n",
        b"PROXY TCP4 1.2.3.4  5.6.7.8 1 2\r\n",
        b"PROXY TCP6 1.2.3.4 5.6.7.8 1 2\r\n",
        b"PROXY UDP4 1.2.3.4 5.6.7.8 1 2\r\n",
        b"\r\n\r\n\0\r\nQUIT\n\x31\x11\0\0",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x41\0\0",
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0bxxxxxxxxxxx",
    ];
    for bytes in refused {
        assert!(ProxyHeader::parse(bytes).is_err(), "{bytes:?}");
        let theirs = ppp::HeaderResult::parse(bytes);
        assert!(
            matches!(theirs, ppp::HeaderResult::V1(Err(_)) | ppp::HeaderResult::V2(Err(_))),
            "{theirs:?}"
        );
    }
}
