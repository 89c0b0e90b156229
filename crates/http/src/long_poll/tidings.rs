//! What a request may have waited for.

use bytes::Bytes;

use crate::body::Body;

/// What [`long_poll`](crate::long_poll()) may wait for: whatever makes a [`Body`], or nothing.
///
/// An `Option` that is `None` and a `Result` that is an error are no news, and answered with 204: so a
/// [`Queue`](greenroom_core::Queue)'s `get` may be waited for as it is, and the client that gets nothing because the queue was shut
/// down asks again. `()`, as of an [`Event`](greenroom_core::Event), is news without words: 200, and an empty body.
pub trait Tidings {
    /// The words, if there is news.
    fn into_body(self) -> Option<Body>;
}

impl Tidings for Body {
    fn into_body(self) -> Option<Body> {
        Some(self)
    }
}

impl Tidings for () {
    fn into_body(self) -> Option<Body> {
        Some(Body::empty())
    }
}

impl Tidings for String {
    fn into_body(self) -> Option<Body> {
        Some(self.into())
    }
}

impl Tidings for &'static str {
    fn into_body(self) -> Option<Body> {
        Some(self.into())
    }
}

impl Tidings for Bytes {
    fn into_body(self) -> Option<Body> {
        Some(self.into())
    }
}

impl Tidings for Vec<u8> {
    fn into_body(self) -> Option<Body> {
        Some(self.into())
    }
}

impl<T: Tidings> Tidings for Option<T> {
    fn into_body(self) -> Option<Body> {
        self.and_then(T::into_body)
    }
}

impl<T: Tidings, E> Tidings for Result<T, E> {
    fn into_body(self) -> Option<Body> {
        self.ok().and_then(T::into_body)
    }
}
