//! A request refused, in the protocol's words.

use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

/// Why a request is not served, or its service's answer not given. The connection ends with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// It breaks the protocol; in words that name how, and quote nothing of it.
    Malformed(&'static str),
    /// Its head was not there in time.
    HeadOverdue,
    /// Its body made no progress.
    BodyOverdue,
    BodyTooLarge {
        limit: u64,
    },
    TargetTooLong {
        limit: usize,
    },
    HeadTooLarge,
    Expectation,
    Version,
    /// The service failed, or panicked.
    Failed,
}

impl Refusal {
    /// What the engine's own word for it stands for; `None` if something is too large, which may be one thing or another.
    pub(crate) const fn of_status(status: u16) -> Option<Self> {
        match status {
            414 | 431 => None,
            505 => Some(Self::Version),
            _ => Some(Self::Malformed("this is no request that can be understood")),
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) => StatusCode::BAD_REQUEST,
            Self::HeadOverdue | Self::BodyOverdue => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TargetTooLong { .. } => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::Expectation => StatusCode::EXPECTATION_FAILED,
            Self::Version => StatusCode::HTTP_VERSION_NOT_SUPPORTED,
            Self::Failed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The answer, for the engine to send. `closes`: this is HTTP/1, where a header says that it is the last.
    pub(crate) fn response(self, closes: bool) -> Response<Bytes> {
        let mut response = Response::new(Bytes::from(format!("{self}\n")));
        *response.status_mut() = self.status();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PLAIN));
        // A service that failed has read its request, and the next may fare better.
        if closes && self != Self::Failed {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }

    /// The answer as bytes of HTTP/1.1, for when the engine has nothing more to say.
    pub(crate) fn bytes(self) -> Vec<u8> {
        let (status, body) = (self.status(), format!("{self}\n"));
        let date = httpdate::fmt_http_date(SystemTime::now());
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: {PLAIN}\r\ncontent-length: {}\r\nconnection: close\r\ndate: {date}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes()
    }
}

const PLAIN: &str = "text/plain; charset=utf-8";

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(how) => write!(f, "bad request: {how}"),
            Self::HeadOverdue => f.write_str("the request took too long to arrive"),
            Self::BodyOverdue => f.write_str("the request's body took too long to arrive"),
            Self::BodyTooLarge { limit } => write!(f, "the request's body has more than {limit} bytes"),
            Self::TargetTooLong { limit } => write!(f, "the request's target has more than {limit} bytes"),
            Self::HeadTooLarge => f.write_str("the request's headers are too many or too long"),
            Self::Expectation => f.write_str("the only expectation known here is 100-continue"),
            Self::Version => f.write_str("this version of HTTP is not spoken here"),
            Self::Failed => f.write_str("internal server error"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Refusal;

    #[test]
    fn a_refusal_is_a_whole_answer() {
        let text = String::from_utf8(Refusal::BodyTooLarge { limit: 10 }.bytes()).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 413 Payload Too Large\r\n"), "{head}");
        assert!(head.contains("\r\nconnection: close\r\n"), "{head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}");
        assert_eq!(body, "the request's body has more than 10 bytes\n");
    }
}
