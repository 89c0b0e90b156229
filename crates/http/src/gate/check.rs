//! What a request must be like, beyond what the engine asks.

use http::header::{EXPECT, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderValue, Request, Uri, Version};
use http_body::Body;

use crate::refusal::Refusal;
use crate::settings::Http;

/// Looks at a head. The rules are those of RFC 9112, sections 3.2 and 6, and RFC 9110, section 10.1.1.
pub(super) fn check(http: &Http, request: &Request<hyper::body::Incoming>) -> Result<(), Refusal> {
    let (headers, uri) = (request.headers(), request.uri());
    if uri.path().len() + uri.query().map_or(0, str::len) > http.max_target {
        return Err(Refusal::TargetTooLong { limit: http.max_target });
    }
    let mut whom = None;
    // Few headers are gone through faster than two are looked up.
    for (name, value) in headers {
        if *name == HOST && whom.replace(value).is_some() {
            return Err(Refusal::Malformed("it has more than one host"));
        }
        if *name == EXPECT && !value.as_bytes().eq_ignore_ascii_case(b"100-continue") {
            return Err(Refusal::Expectation);
        }
    }
    host(whom, uri, request.version())?;
    if request.body().is_end_stream() {
        Ok(())
    } else {
        body(http, headers, request.body().size_hint().lower())
    }
}

/// What goes with a body.
fn body(http: &Http, headers: &HeaderMap, length: u64) -> Result<(), Refusal> {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    if let Some(coding) = codings.next()
        && (!coding.as_bytes().eq_ignore_ascii_case(b"chunked") || codings.next().is_some())
    {
        return Err(Refusal::Malformed("its transfer-encoding is other than chunked, once"));
    }
    if length > http.max_body {
        return Err(Refusal::BodyTooLarge { limit: http.max_body });
    }
    Ok(())
}

/// The bytes that a host and its port may consist of (RFC 3986, section 3.2.2).
const OF_HOSTS: [bool; 256] = {
    const MARKS: &[u8] = b"-._~%!$&'()*+;=:[]";
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 128_u8 {
        table[byte as usize] = byte.is_ascii_alphanumeric();
        byte += 1;
    }
    let mut at = 0;
    while at < MARKS.len() {
        table[MARKS[at] as usize] = true;
        at += 1;
    }
    table
};

/// Whom the request is for must be said.
fn host(host: Option<&HeaderValue>, uri: &Uri, version: Version) -> Result<(), Refusal> {
    let Some(host) = host else {
        return if version == Version::HTTP_11 { Err(Refusal::Malformed("it has no host")) } else { Ok(()) };
    };
    let host = host.as_bytes();
    if !host.iter().all(|byte| OF_HOSTS[usize::from(*byte)]) {
        return Err(Refusal::Malformed("its host is none"));
    }
    match uri.authority() {
        Some(authority) if !authority.as_str().as_bytes().eq_ignore_ascii_case(host) => {
            Err(Refusal::Malformed("its target and its host are not the same"))
        }
        _ => Ok(()),
    }
}
