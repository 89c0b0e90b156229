//! Which pages may open a WebSocket.

use std::fmt;
use std::sync::Arc;

use http::header::{HOST, ORIGIN};
use http::{HeaderMap, Uri};

/// Browsers name the page's origin, and let any page open a WebSocket to anybody, with the cookies that go there.
#[derive(Clone)]
pub(super) enum Origins {
    Any,
    Same,
    Those(Arc<dyn Fn(&str) -> bool + Send + Sync>),
}

impl Origins {
    /// Whether a request may come from where it says. One that names no origin comes from no page.
    pub(super) fn allow(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut named = headers.get_all(ORIGIN).iter();
        let (Some(origin), more) = (named.next(), named.next()) else { return true };
        let origin = origin.to_str().ok().filter(|_| more.is_none());
        match self {
            Self::Any => true,
            Self::Same => origin.is_some_and(|origin| is_same(origin, uri, headers)),
            Self::Those(allowed) => origin.is_some_and(|origin| allowed(origin)),
        }
    }
}

fn is_same(origin: &str, uri: &Uri, headers: &HeaderMap) -> bool {
    let Some((scheme, page)) = origin.split_once("://") else { return false };
    let host = uri.authority().map(http::uri::Authority::as_str);
    let host = host.or_else(|| headers.get(HOST)?.to_str().ok());
    let default = match scheme {
        "http" => ":80",
        "https" => ":443",
        _ => return false,
    };
    host.is_some_and(|host| without(page, default).eq_ignore_ascii_case(without(host, default)))
}

fn without<'a>(host: &'a str, port: &str) -> &'a str {
    host.strip_suffix(port).unwrap_or(host)
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "Any",
            Self::Same => "Same",
            Self::Those(_) => "Those(..)",
        })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, Uri};

    use super::Origins;

    fn is_same(host: &str, origin: &str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert("host", host.parse().unwrap());
        headers.insert("origin", origin.parse().unwrap());
        Origins::Same.allow(&Uri::from_static("/chat"), &headers)
    }

    #[test]
    fn a_page_of_the_same_host_and_port_is_of_the_same_origin() {
        for (host, origin) in [
            ("example.com", "http://example.com"),
            ("Example.com", "https://example.COM"),
            ("example.com:8080", "http://example.com:8080"),
            ("example.com:443", "https://example.com"),
            ("example.com", "http://example.com:80"),
            ("[::1]:7000", "http://[::1]:7000"),
        ] {
            assert!(is_same(host, origin), "{host} {origin}");
        }
        for (host, origin) in [
            ("example.com", "http://evil.com"),
            ("example.com", "http://example.com.evil.com"),
            ("example.com", "http://example.com:8080"),
            ("example.com:80", "https://example.com"),
            ("example.com", "null"),
            ("example.com", "file://"),
            ("example.com", "file://example.com"),
        ] {
            assert!(!is_same(host, origin), "{host} {origin}");
        }
    }

    #[test]
    fn who_names_two_origins_has_none() {
        let mut headers = HeaderMap::new();
        headers.insert("host", "a".parse().unwrap());
        headers.append("origin", "http://a".parse().unwrap());
        headers.append("origin", "http://b".parse().unwrap());
        assert!(!Origins::Same.allow(&Uri::from_static("/"), &headers));
    }
}
