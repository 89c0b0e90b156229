//! What a plain function may return.

use std::error::Error;

use bytes::Bytes;

/// What a function that answers requests may return: an answer with any body, or a `Result` with one, whose error is logged and
/// answered with 500.
pub trait HttpOutput: Send + 'static {
    /// The body of the answer.
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static;

    /// The answer, or what went wrong.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn into_answer(self) -> Result<http::Response<Self::Body>, Box<dyn Error + Send + Sync>>;
}

impl<B> HttpOutput for http::Response<B>
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Body = B;

    fn into_answer(self) -> Result<Self, Box<dyn Error + Send + Sync>> {
        Ok(self)
    }
}

impl<B, E> HttpOutput for Result<http::Response<B>, E>
where
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    type Body = B;

    fn into_answer(self) -> Result<http::Response<B>, Box<dyn Error + Send + Sync>> {
        self.map_err(Into::into)
    }
}
