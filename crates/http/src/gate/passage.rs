//! A request that is being answered.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use greenroom_core::PanicInfo;
use greenroom_server::Escaped;
use http::header::{CONNECTION, CONTENT_LENGTH};
use http::{HeaderValue, Response, StatusCode};
use http_body::Body;
use http_body_util::Full;
use pin_project_lite::pin_project;

use crate::access_log::LogLine;
use crate::facts::RequestId;
use crate::gate::answer::Answer;
use crate::incoming::Account;
use crate::life::{Flight, StreamBeat};
use crate::refusal::Refusal;
use crate::service::{HttpService, Request};
use crate::upgrade::Upgrade;

pin_project! {
    /// The future of an answer. It always is one: what the service fails with is answered, and so is its panic.
    pub(crate) struct Passage<S: HttpService> {
        #[pin]
        stage: Stage<S>,
        terms: Option<Terms>,
    }
}

pin_project! {
    #[project = StageProjection]
    enum Stage<S: HttpService> {
        Refused { refusal: Refusal },
        // The service is asked whether it is ready, and then called.
        Called { service: S, request: Option<Request> },
        Served { #[pin] future: S::Answering },
    }
}

/// What the answer is judged by.
pub(super) struct Terms {
    pub(super) flight: Flight,
    pub(super) line: Option<Box<LogLine>>,
    pub(super) account: Option<Arc<Account>>,
    pub(super) beat: Option<Arc<StreamBeat>>,
    pub(super) http1: bool,
    /// A tunnel was asked for.
    pub(super) connect: bool,
    /// It is a `HEAD` under HTTP/2: there the engine does not leave the body out by itself.
    pub(super) bodiless: bool,
    pub(super) id: RequestId,
    pub(super) span: tracing::Span,
}

impl<S: HttpService> Passage<S> {
    pub(super) const fn refused(refusal: Refusal, terms: Terms) -> Self {
        Self { stage: Stage::Refused { refusal }, terms: Some(terms) }
    }

    pub(super) const fn open(service: S, request: Request, terms: Terms) -> Self {
        Self { stage: Stage::Called { service, request: Some(request) }, terms: Some(terms) }
    }
}

impl<S: HttpService> Future for Passage<S> {
    type Output = Result<Response<Answer<S::Body>>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.as_mut().project();
        let outcome = {
            let _entered = this.terms.as_ref().map(|terms| terms.span.enter());
            match catch_unwind(AssertUnwindSafe(|| poll_stage::<S>(this.stage.as_mut(), context))) {
                Ok(poll) => ready!(poll),
                Err(payload) => Outcome::Panicked(PanicInfo::of(payload)),
            }
        };
        let Some(terms) = this.terms.take() else { panic!("an answer was asked for after it was given") };
        Poll::Ready(Ok(terms.answer(outcome)))
    }
}

enum Outcome<B> {
    Answered(Response<B>),
    Refused(Refusal),
    Failed(Box<dyn std::error::Error + Send + Sync>),
    Panicked(PanicInfo),
}

fn poll_stage<S: HttpService>(
    mut stage: Pin<&mut Stage<S>>,
    context: &mut Context<'_>,
) -> Poll<Outcome<S::Body>> {
    loop {
        match stage.as_mut().project() {
            StageProjection::Refused { refusal } => return Poll::Ready(Outcome::Refused(*refusal)),
            StageProjection::Called { service, request } => {
                if let Err(error) = ready!(service.poll_ready(context)) {
                    return Poll::Ready(Outcome::Failed(error.into()));
                }
                let Some(request) = request.take() else { return Poll::Pending };
                let future = service.call(request);
                stage.set(Stage::Served { future });
            }
            StageProjection::Served { future } => {
                return future.poll(context).map(|result| match result {
                    Ok(response) => Outcome::Answered(response),
                    Err(error) => Outcome::Failed(error.into()),
                });
            }
        }
    }
}

impl Terms {
    fn answer<B: Body>(self, outcome: Outcome<B>) -> Response<Answer<B>> {
        let fault = self.account.as_ref().and_then(|account| account.fault());
        match outcome {
            Outcome::Refused(refusal) => self.refuse(refusal),
            // What it says of a body that broke is better than what we could say. It cannot have read a request to its end
            // that has no end.
            Outcome::Answered(response) if fault.is_none_or(|_| response.status().is_client_error()) => {
                // Nobody knows whether a client that was never asked for its body will send it.
                let unasked = self.account.as_ref().is_some_and(|account| account.is_unasked());
                self.serve(response, fault.is_some() || unasked)
            }
            _ if fault.is_some() => self.refuse(fault.unwrap_or(Refusal::Failed)),
            Outcome::Answered(response) => self.serve(response, true),
            Outcome::Failed(error) => {
                let id = self.id;
                tracing::error!(%id, error = %Escaped(&error.to_string()), "a request failed, and was answered with 500");
                self.refuse(Refusal::Failed)
            }
            Outcome::Panicked(panic) => {
                let id = self.id;
                tracing::error!(%id, panic = %Escaped(panic.message()), "a request's service panicked, and was answered with 500");
                self.refuse(Refusal::Failed)
            }
        }
    }

    fn serve<B: Body>(self, mut response: Response<B>, last: bool) -> Response<Answer<B>> {
        let (life, status) = (self.flight.life(), response.status());
        let leaves = status == StatusCode::SWITCHING_PROTOCOLS || self.connect && status.is_success();
        // Whoever has been told to stop asks no client to stay, though it may serve for a while yet.
        let last = last || life.is_used_up() || life.facts.lame_duck.is_stopped();
        if self.http1 && leaves {
            life.hand_over();
        } else if self.http1 && last {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
        }
        if status == StatusCode::SWITCHING_PROTOCOLS
            && let Some(after) = response.extensions_mut().remove::<Upgrade>().and_then(Upgrade::take)
        {
            life.set_after(after);
        }
        self.begin_answer();
        let mut line = self.line;
        if let Some(line) = &mut line {
            line.answered(response.status());
        }
        if self.bodiless {
            return without_body(response, line, self.flight);
        }
        response.map(|body| Answer::served(body, self.beat, line, self.flight))
    }

    /// The engine of HTTP/2 says nothing by itself, and minds by itself whether its client takes an answer.
    fn begin_answer(&self) {
        if self.http1 {
            self.flight.life().answer();
        }
    }

    fn refuse<B>(self, refusal: Refusal) -> Response<Answer<B>> {
        self.begin_answer();
        let mut line = self.line;
        if let Some(line) = &mut line {
            line.answered(refusal.status());
        }
        let response = refusal.response(self.http1);
        if self.bodiless {
            return without_body(response.map(Full::new), line, self.flight);
        }
        response.map(|words: Bytes| Answer::refused(words, line, self.flight))
    }
}

/// The head alone, which tells the length of the body that is left out.
fn without_body<A: Body, B>(
    mut response: Response<A>,
    line: Option<Box<LogLine>>,
    flight: Flight,
) -> Response<Answer<B>> {
    if let Some(length) = response.body().size_hint().exact().filter(|length| *length > 0) {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert_with(|| length.into());
    }
    response.map(|_| Answer::without_body(line, flight))
}
