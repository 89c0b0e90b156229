//! PROXY headers of both versions.

use greenroom::{ProxyHeader, ProxyHeaderError, ProxyParsed, ProxyProtocol};

/// So many prefixes from the beginning are looked at; a header of version 1 is shorter.
const PREFIXES: usize = 300;
/// What `ProxyHeader::parse` allows.
const LIMIT: usize = 4096;

/// The bytes are what comes on a connection.
pub fn proxy(bytes: &[u8]) {
    let answer = ProxyHeader::parse(bytes);
    judge(bytes, &answer);
    for end in interesting_ends(bytes, &answer) {
        match ProxyHeader::parse(&bytes[..end]) {
            Ok(ProxyParsed::NeedMore { at_least }) => {
                assert!(at_least > 0, "at {end} it wants nothing and has no answer");
                if let Ok(ProxyParsed::Done { consumed, .. }) = answer {
                    assert!(end + at_least <= consumed, "at {end}: {at_least} more is beyond {consumed}");
                }
            }
            // An answer stands, whatever comes after it.
            early => assert_eq!(early, answer, "after {end} bytes"),
        }
    }
    under_other_rules(bytes, &answer);
}

fn judge(bytes: &[u8], answer: &Result<ProxyParsed, ProxyHeaderError>) {
    match answer {
        Ok(ProxyParsed::NeedMore { at_least }) => assert!(bytes.len() + at_least <= LIMIT, "{at_least}"),
        Ok(ProxyParsed::Done { header, consumed }) => {
            assert!(*consumed <= bytes.len().min(LIMIT), "{consumed} of {}", bytes.len());
            reads_back(header);
        }
        Err(error) => {
            assert!(error.at() < bytes.len() || matches!(error, ProxyHeaderError::TooLong { .. }), "{error}");
            let said = error.to_string();
            assert!(said.is_ascii() && said.len() < 200, "{said:?}");
        }
    }
}

/// What a header says survives being written and read.
fn reads_back(header: &ProxyHeader) {
    let written = header.to_bytes();
    match ProxyHeader::parse(&written) {
        Ok(ProxyParsed::Done { header: read, consumed }) => {
            assert_eq!((&read, consumed), (header, written.len()));
            assert_eq!(read.to_bytes(), written);
        }
        // Without padding and doubled addresses it is never longer than what came.
        other => panic!("{header:?} is written as what is read as {other:?}"),
    }
    if let Ok(line) = header.to_v1() {
        assert!(line.len() <= 107);
        match ProxyHeader::parse(&line) {
            Ok(ProxyParsed::Done { header: read, .. }) => {
                assert_eq!((read.source(), read.destination()), (header.source(), header.destination()));
            }
            other => panic!("{header:?} has a line that is read as {other:?}"),
        }
    }
    let fields = header.fields().count();
    assert!(!header.is_local() || fields == 0);
    if let Some(ssl) = header.ssl() {
        assert!(!ssl.is_verified() || ssl.has_certificate() || ssl.has_session_certificate());
    }
    let _ = format!("{header:?}{:?}", header.ssl());
}

fn interesting_ends(bytes: &[u8], answer: &Result<ProxyParsed, ProxyHeaderError>) -> Vec<usize> {
    let place = match answer {
        Ok(ProxyParsed::Done { consumed, .. }) => *consumed,
        Ok(ProxyParsed::NeedMore { .. }) => bytes.len(),
        Err(error) => error.at(),
    };
    let beginning = 0..bytes.len().min(PREFIXES);
    let around = place.saturating_sub(2)..(place + 3).min(bytes.len());
    beginning.chain(around).collect()
}

/// Rules that allow less refuse more, and read nothing else.
fn under_other_rules(bytes: &[u8], answer: &Result<ProxyParsed, ProxyHeaderError>) {
    let Ok(rules) = ProxyProtocol::from_networks(["::1"]) else { return };
    assert_eq!(rules.parse(bytes), *answer, "the defaults are the same");
    for limit in [0, 20, 60] {
        let rules = rules.clone().max_bytes(limit);
        if let Ok(ProxyParsed::Done { header, consumed }) = rules.parse(bytes) {
            assert!(consumed <= limit, "{consumed} bytes were taken, and {limit} allowed");
            assert_eq!(Ok(ProxyParsed::Done { header, consumed }), *answer);
        }
    }
    match rules.only_v2().parse(bytes) {
        Err(ProxyHeaderError::OnlyVersion2) => assert_eq!(bytes.first(), Some(&b'P')),
        Ok(ProxyParsed::Done { header, consumed }) => {
            assert_eq!(header.version(), 2);
            assert_eq!(Ok(ProxyParsed::Done { header, consumed }), *answer);
        }
        _ => {}
    }
}
