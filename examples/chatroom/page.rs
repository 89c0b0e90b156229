//! What the browser gets that is not news.

use greenroom::{Body, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderName, HeaderValue, StatusCode};

/// The page may use its own files and talk to its own server, and nothing else. Its script cannot make markup out of text, not even
/// by mistake: a browser that knows trusted types refuses.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

const GUARDS: [(HeaderName, &str); 4] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (REFERRER_POLICY, "no-referrer"),
    (CACHE_CONTROL, "no-cache"),
];

/// One of the files that the page is made of.
pub(crate) fn file(path: &str) -> Response {
    match path {
        "/chat.css" => typed("text/css; charset=utf-8", include_str!("page/chat.css")),
        "/chat.js" => typed("text/javascript; charset=utf-8", include_str!("page/chat.js")),
        "/icon.svg" => typed("image/svg+xml", include_str!("page/icon.svg")),
        _ => typed("text/html; charset=utf-8", include_str!("page/index.html")),
    }
}

pub(crate) fn json(text: impl Into<Body>) -> Response {
    typed("application/json", text)
}

/// A few words.
pub(crate) fn plain(status: StatusCode, words: impl Into<String>) -> Response {
    let mut response = typed("text/plain; charset=utf-8", words.into() + "\n");
    *response.status_mut() = status;
    response
}

/// With what goes with every answer.
pub(crate) fn guarded(mut response: Response) -> Response {
    for (name, value) in GUARDS {
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

fn typed(kind: &'static str, body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}
