//! What a plain function may return.

use std::error::Error;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};

use crate::body::Body;
use crate::service::Response;

/// What a function that answers requests may return: an answer with any body; text, which goes as `text/plain`; a status, alone or
/// with text; or a `Result` with one of these, whose error is logged and answered with 500.
///
/// # Examples
///
/// ```
/// use greenroom_http::{HttpServer, Request, StatusCode};
///
/// async fn door(request: Request) -> (StatusCode, &'static str) {
///     match request.uri().path() {
///         "/" => (StatusCode::OK, "come in\n"),
///         _ => (StatusCode::NOT_FOUND, "there is no such door\n"),
///     }
/// }
/// # async fn example() -> std::io::Result<()> {
/// # drop(
/// HttpServer::bind(":8080").start(door).await?
/// # );
/// # Ok(())
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "a function that answers requests cannot return `{Self}`",
    label = "this is no answer",
    note = "an answer is a `Response`, text, a status, a status with text, or a `Result` with one of these"
)]
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

/// Text, with 200.
impl HttpOutput for &'static str {
    type Body = Body;

    fn into_answer(self) -> Result<Response, Box<dyn Error + Send + Sync>> {
        Ok(text(StatusCode::OK, self.into()))
    }
}

/// Text, with 200.
impl HttpOutput for String {
    type Body = Body;

    fn into_answer(self) -> Result<Response, Box<dyn Error + Send + Sync>> {
        Ok(text(StatusCode::OK, self.into()))
    }
}

/// Text, with this status.
impl HttpOutput for (StatusCode, &'static str) {
    type Body = Body;

    fn into_answer(self) -> Result<Response, Box<dyn Error + Send + Sync>> {
        Ok(text(self.0, self.1.into()))
    }
}

/// Text, with this status.
impl HttpOutput for (StatusCode, String) {
    type Body = Body;

    fn into_answer(self) -> Result<Response, Box<dyn Error + Send + Sync>> {
        Ok(text(self.0, self.1.into()))
    }
}

/// A status alone.
impl HttpOutput for StatusCode {
    type Body = Body;

    fn into_answer(self) -> Result<Response, Box<dyn Error + Send + Sync>> {
        let mut response = Response::default();
        *response.status_mut() = self;
        Ok(response)
    }
}

impl<T, E> HttpOutput for Result<T, E>
where
    T: HttpOutput,
    E: Into<Box<dyn Error + Send + Sync>> + Send + 'static,
{
    type Body = T::Body;

    fn into_answer(self) -> Result<http::Response<T::Body>, Box<dyn Error + Send + Sync>> {
        self.map_err(Into::into)?.into_answer()
    }
}

fn text(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
