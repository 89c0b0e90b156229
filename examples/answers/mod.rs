//! What several examples answer with: a page of their own, and a few words.

use greenroom::Response;
use http::header::{ALLOW, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

/// The page has its script and its style in it, and talks to nobody but its server.
const POLICY: &str =
    "default-src 'none'; connect-src 'self'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";

pub(crate) fn page(html: &'static str) -> Response {
    let mut page = Response::new(html.into());
    let headers = page.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    page
}

pub(crate) fn plain(status: StatusCode, words: &'static str) -> Response {
    let mut response = Response::new(words.into());
    *response.status_mut() = status;
    response
}

/// With the methods that would have done.
pub(crate) fn not_allowed(methods: &'static str) -> Response {
    let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "not by this method\n");
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    response
}
