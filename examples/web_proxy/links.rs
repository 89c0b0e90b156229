//! Links of other servers' pages, as links through here.

use http::HeaderValue;

/// Attributes whose value is a link.
const LINKS: [&[u8]; 3] = [b"href", b"src", b"action"];

/// Makes links lead through here. What is relative to its page does so by itself.
pub(crate) fn rewrite(page: &[u8], host: &str) -> Vec<u8> {
    let (mut rewritten, mut rest) = (Vec::with_capacity(page.len()), page);
    while let Some(at) = rest.iter().position(|byte| *byte == b'=') {
        let blanks =
            rest[at + 1..].iter().take_while(|byte| byte.is_ascii_whitespace() || b"'\"".contains(byte));
        let (before, value) = rest.split_at(at + 1 + blanks.count());
        let name = before[..at].trim_ascii_end().rsplit(u8::is_ascii_whitespace).next().unwrap_or_default();
        let is_link = LINKS.iter().any(|link| link.eq_ignore_ascii_case(name));
        let (begin, value) = if is_link { begin_here(value, host) } else { (String::new(), value) };
        rewritten.extend_from_slice(before);
        rewritten.extend_from_slice(begin.as_bytes());
        rest = value;
    }
    rewritten.extend_from_slice(rest);
    rewritten
}

/// Where a page has moved to.
pub(crate) fn through_here(link: &HeaderValue, host: &str) -> Option<HeaderValue> {
    let (begin, rest) = begin_here(link.as_bytes(), host);
    HeaderValue::from_bytes(&[begin.as_bytes(), rest].concat()).ok()
}

/// How a link begins here, and what is left of it.
fn begin_here<'a>(link: &'a [u8], host: &str) -> (String, &'a [u8]) {
    let full = link.strip_prefix(b"http://").or_else(|| link.strip_prefix(b"//"));
    match (full, link.strip_prefix(b"/")) {
        (Some(rest), _) => ("/".to_owned(), rest),
        (None, Some(rest)) => (format!("/{host}/"), rest),
        (None, None) => (String::new(), link),
    }
}
