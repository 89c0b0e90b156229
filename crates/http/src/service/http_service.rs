//! A service that can be served.

use std::error::Error;
use std::future::Future;

use bytes::Bytes;
use tower_service::Service;

use crate::service::Request;

/// A [`tower::Service`](Service) that answers [requests](Request): every such service is one, and nobody implements this
/// otherwise. An axum `Router` is one as it is.
///
/// Each connection serves a clone. Its error is logged and answered with 500.
pub trait HttpService:
    Service<Request, Response = http::Response<Self::Body>, Error = Self::Failure, Future = Self::Answering>
    + Clone
    + Send
    + 'static
{
    /// The body of its answers.
    type Body: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static;
    /// What it fails with.
    type Failure: Into<Box<dyn Error + Send + Sync>>;
    /// The future of an answer.
    type Answering: Future<Output = Result<http::Response<Self::Body>, Self::Failure>> + Send + 'static;
}

impl<S, B> HttpService for S
where
    S: Service<
            Request,
            Response = http::Response<B>,
            Error: Into<Box<dyn Error + Send + Sync>>,
            Future: Send + 'static,
        > + Clone
        + Send
        + 'static,
    B: http_body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>> + Send + 'static,
{
    type Body = B;
    type Failure = S::Error;
    type Answering = S::Future;
}
