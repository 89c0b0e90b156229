//! A plain function as a service.

use std::error::Error;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use tower_service::Service;

use crate::service::{HttpOutput, Request};

/// A function from a request to an answer, as a service: for tower's layers, which want one.
///
/// # Examples
///
/// ```
/// use greenroom_http::{AccessLog, HttpFunction, Request, Response};
/// use tower_layer::Layer;
///
/// let hello = HttpFunction::new(async |_: Request| Response::new("hello\n".into()));
/// let logged = AccessLog::new().layer(hello);
/// # drop(logged);
/// ```
pub struct HttpFunction<F>(Arc<F>);

impl<F> HttpFunction<F> {
    /// Of this function.
    pub fn new(function: F) -> Self {
        Self(Arc::new(function))
    }
}

impl<F, Fut> Service<Request> for HttpFunction<F>
where
    F: Fn(Request) -> Fut,
    Fut: Future<Output: HttpOutput>,
{
    type Response = http::Response<<Fut::Output as HttpOutput>::Body>;
    type Error = Box<dyn Error + Send + Sync>;
    type Future = HttpFunctionFuture<Fut>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        HttpFunctionFuture { future: (self.0)(request) }
    }
}

impl<F> Clone for HttpFunction<F> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<F> fmt::Debug for HttpFunction<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpFunction").finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of a [`HttpFunction`] service's answer.
    ///
    /// # Cancel safety
    ///
    /// As the function's own future.
    #[derive(Debug)]
    pub struct HttpFunctionFuture<Fut> {
        #[pin]
        future: Fut,
    }
}

impl<Fut: Future<Output: HttpOutput>> Future for HttpFunctionFuture<Fut> {
    type Output = Result<http::Response<<Fut::Output as HttpOutput>::Body>, Box<dyn Error + Send + Sync>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().future.poll(context).map(HttpOutput::into_answer)
    }
}
