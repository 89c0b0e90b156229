//! Whether a request is one to open a WebSocket (RFC 6455, section 4.2.1).

use std::fmt;

use http::header::{
    CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::service::Response;

/// What a request for a WebSocket asks for.
#[derive(Debug)]
pub(super) struct Asked {
    accept: String,
}

/// Why a request is answered otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotAsked {
    Method,
    Http2,
    Http10,
    Upgrade,
    Connection,
    Version,
    Key,
    Body,
    Origin,
    /// The connection is in no state to become another, or not served by us.
    Connectionless,
}

impl Asked {
    pub(super) fn of<B>(request: &Request<B>) -> Result<Self, NotAsked> {
        let headers = request.headers();
        match request.version() {
            Version::HTTP_11 => {}
            Version::HTTP_2 | Version::HTTP_3 => return Err(NotAsked::Http2),
            _ => return Err(NotAsked::Http10),
        }
        let problem = [
            (request.method() != Method::GET, NotAsked::Method),
            (!has_token(headers, &UPGRADE, "websocket"), NotAsked::Upgrade),
            (!has_token(headers, &CONNECTION, "upgrade"), NotAsked::Connection),
            (only(headers, &SEC_WEBSOCKET_VERSION) != Some("13"), NotAsked::Version),
            (has_body(headers), NotAsked::Body),
        ];
        if let Some((_, problem)) = problem.into_iter().find(|(is, _)| *is) {
            return Err(problem);
        }
        let key = only(headers, &SEC_WEBSOCKET_KEY).filter(|key| is_key(key)).ok_or(NotAsked::Key)?;
        Ok(Self { accept: derive_accept_key(key.as_bytes()) })
    }

    pub(super) fn response(self, protocol: Option<&HeaderValue>) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let headers = response.headers_mut();
        headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = HeaderValue::try_from(self.accept) {
            headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
        }
        if let Some(protocol) = protocol {
            headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol.clone());
        }
        response
    }
}

/// The first of ours that the client offers.
pub(super) fn choose<'a>(ours: &'a [HeaderValue], headers: &HeaderMap) -> Option<&'a HeaderValue> {
    ours.iter().find(|ours| {
        tokens(headers, &SEC_WEBSOCKET_PROTOCOL).any(|offered| offered.as_bytes() == ours.as_bytes())
    })
}

impl NotAsked {
    pub(super) fn response(self) -> Response {
        let mut response = Response::new(format!("{self}\n").into());
        *response.status_mut() = match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Upgrade | Self::Version => StatusCode::UPGRADE_REQUIRED,
            Self::Origin => StatusCode::FORBIDDEN,
            Self::Http2 | Self::Connectionless => StatusCode::NOT_IMPLEMENTED,
            Self::Http10 | Self::Connection | Self::Key | Self::Body => StatusCode::BAD_REQUEST,
        };
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        match self {
            Self::Method => {
                headers.insert(http::header::ALLOW, HeaderValue::from_static("GET"));
            }
            Self::Upgrade => {
                headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
                headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
            }
            Self::Version => {
                headers.insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
            }
            _ => {}
        }
        response
    }
}

impl fmt::Display for NotAsked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Method => "a WebSocket is asked for by GET",
            Self::Http2 => "a WebSocket is to be had over HTTP/1.1 here",
            Self::Http10 => "a WebSocket is to be had over HTTP/1.1",
            Self::Upgrade => "here is a WebSocket: the request lacks `Upgrade: websocket`",
            Self::Connection => "the request lacks `Connection: upgrade`",
            Self::Version => "the only version of WebSocket known here is 13",
            Self::Key => "the request has no good `Sec-WebSocket-Key`",
            Self::Body => "a request for a WebSocket has no body",
            Self::Origin => "no WebSocket is to be had from this origin",
            Self::Connectionless => "this connection cannot become a WebSocket",
        })
    }
}

/// The value of a header that is there once, without which there is none.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let (value, more) = (values.next()?, values.next());
    value.to_str().ok().filter(|_| more.is_none()).map(str::trim)
}

/// The parts of a header that is a list, or several.
fn tokens<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    tokens(headers, name).any(|part| part.eq_ignore_ascii_case(token))
}

/// What is taken for a body by one, and for frames by another, is how requests are smuggled.
fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING)
        || headers.get_all(CONTENT_LENGTH).iter().any(|length| length.as_bytes() != b"0")
}

/// Sixteen bytes in base64.
fn is_key(key: &str) -> bool {
    let Some(digits) = key.strip_suffix("==") else { return false };
    digits.len() == 22
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

#[cfg(test)]
mod tests {
    use super::is_key;

    #[test]
    fn a_key_is_sixteen_bytes_in_base64() {
        assert!(is_key("dGhlIHNhbXBsZSBub25jZQ=="));
        for bad in ["", "==", "dGhlIHNhbXBsZSBub25jZ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZ?=="]
        {
            assert!(!is_key(bad), "{bad}");
        }
        assert!(!is_key("dGhlIHNhbXBsZSBub25jZQA=="));
        assert!(!is_key(&"A".repeat(24)));
    }
}
