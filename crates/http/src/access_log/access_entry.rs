//! What an access log says of a request.

use std::fmt;
use std::time::{Duration, SystemTime};

use greenroom_server::Escaped;
use http::{HeaderValue, Method, StatusCode, Version};

use crate::access_log::clf_time::ClfTime;
use crate::facts::RequestId;

/// One request, as the access log has it. Displayed, it is a line of the combined format, as other servers write it, with the
/// seconds that it took at the end.
///
/// What the client chose is escaped: quotes, backslashes, control characters and what is not ASCII.
///
/// gevent: the line that pywsgi writes, with the referer and the user agent besides.
#[derive(Debug, Clone)]
#[non_exhaustive]
#[doc(alias = "format_request")]
pub struct AccessEntry {
    /// The client's address without its port; `-` where it has none.
    pub client: String,
    /// When the request's head was read.
    pub at: SystemTime,
    /// Its method; empty for what could not be understood.
    pub method: String,
    /// What it asked for, as it asked.
    pub target: String,
    /// The version of HTTP it was asked in.
    pub version: Version,
    /// What was answered; `None` if the client had gone before, or the request was dropped.
    pub status: Option<StatusCode>,
    /// Bytes of the answer's body.
    pub bytes: u64,
    /// From its head to the end of its answer.
    pub took: Duration,
    /// The page that led to it.
    pub referer: Option<HeaderValue>,
    /// The client's program.
    pub user_agent: Option<HeaderValue>,
    /// Its name in other log lines.
    pub id: Option<RequestId>,
}

impl AccessEntry {
    pub(super) fn new(client: String, method: &Method, target: String, version: Version) -> Self {
        Self {
            client,
            at: SystemTime::now(),
            method: method.to_string(),
            target,
            version,
            status: None,
            bytes: 0,
            took: Duration::ZERO,
            referer: None,
            user_agent: None,
            id: None,
        }
    }
}

impl fmt::Display for AccessEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} - - [{}] ", Escaped(&self.client), ClfTime(self.at))?;
        if self.method.is_empty() {
            f.write_str("\"-\"")?;
        } else {
            write!(f, "\"{} {} {:?}\"", self.method, Quoted(self.target.as_bytes()), self.version)?;
        }
        match self.status {
            Some(status) => write!(f, " {}", status.as_u16())?,
            None => f.write_str(" -")?,
        }
        match self.bytes {
            0 => f.write_str(" -")?,
            n => write!(f, " {n}")?,
        }
        for text in [&self.referer, &self.user_agent] {
            write!(f, " \"{}\"", Quoted(text.as_ref().map_or(b"-", HeaderValue::as_bytes)))?;
        }
        write!(f, " {:.6}", self.took.as_secs_f64())
    }
}

/// Fit to stand between quotes.
struct Quoted<'a>(&'a [u8]);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.escape_ascii())
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn a_line_is_that_of_the_combined_format() {
        let mut entry =
            AccessEntry::new("127.0.0.1".to_owned(), &Method::GET, "/a?b=\"c\"".to_owned(), Version::HTTP_11);
        entry.at = UNIX_EPOCH;
        entry.status = Some(StatusCode::OK);
        entry.bytes = 103;
        entry.took = Duration::from_micros(60);
        entry.user_agent = Some(HeaderValue::from_bytes(b"evil\"\\\xff").unwrap());
        assert_eq!(
            entry.to_string(),
            r#"127.0.0.1 - - [01/Jan/1970:00:00:00 +0000] "GET /a?b=\"c\" HTTP/1.1" 200 103 "-" "evil\"\\\xff" 0.000060"#
        );
    }
}
