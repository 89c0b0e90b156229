//! A service with a log before it.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use http::{Request, Response};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;
use tower_service::Service;

use crate::access_log::log_line::{Format, LogLine};
use crate::facts::RequestFacts;

/// A service whose requests are logged. Made by [`AccessLog`](crate::AccessLog).
#[derive(Clone)]
pub struct AccessLogService<S> {
    inner: S,
    format: Option<Format>,
}

impl<S> AccessLogService<S> {
    pub(super) const fn new(inner: S, format: Option<Format>) -> Self {
        Self { inner, format }
    }
}

impl<S, A, B> Service<Request<A>> for AccessLogService<S>
where
    S: Service<Request<A>, Response = Response<B>>,
{
    type Response = Response<AccessLogBody<B>>;
    type Error = S::Error;
    type Future = AccessLogFuture<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<A>) -> Self::Future {
        let line = LogLine::begin(&request, RequestFacts::of(&request));
        let line = line.map(|line| line.formatted(self.format.as_ref()));
        AccessLogFuture { future: self.inner.call(request), line }
    }
}

impl<S: fmt::Debug> fmt::Debug for AccessLogService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLogService").field("inner", &self.inner).finish_non_exhaustive()
    }
}

pin_project! {
    /// The future of an answer that is logged.
    ///
    /// # Cancel safety
    ///
    /// As the service's own future. Dropped, it leaves a line without a status.
    pub struct AccessLogFuture<F> {
        #[pin]
        future: F,
        line: Option<Box<LogLine>>,
    }
}

impl<F, B, E> Future for AccessLogFuture<F>
where
    F: Future<Output = Result<Response<B>, E>>,
{
    type Output = Result<Response<AccessLogBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let response = ready!(this.future.poll(context))?;
        let mut line = this.line.take();
        if let Some(line) = &mut line {
            line.answered(response.status());
        }
        Poll::Ready(Ok(response.map(|body| AccessLogBody { body, line })))
    }
}

impl<F> fmt::Debug for AccessLogFuture<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLogFuture").finish_non_exhaustive()
    }
}

pin_project! {
    /// The body of an answer that is logged when it is over.
    pub struct AccessLogBody<B> {
        #[pin]
        body: B,
        line: Option<Box<LogLine>>,
    }
}

impl<B: Body> Body for AccessLogBody<B> {
    type Data = B::Data;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, B::Error>>> {
        let this = self.project();
        let poll = this.body.poll_frame(context);
        if let (Poll::Ready(Some(Ok(frame))), Some(line)) = (&poll, this.line) {
            line.sent(frame.data_ref().map_or(0, Buf::remaining));
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<B> fmt::Debug for AccessLogBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessLogBody").finish_non_exhaustive()
    }
}
