//! The gate that every request passes.

use std::convert::Infallible;
use std::sync::Arc;

use http::header::EXPECT;
use http::{Method, Request, Response, Version};
use http_body::Body;
use tracing::Span;

use crate::access_log::LogLine;
use crate::facts::RequestFacts;
use crate::gate::answer::Answer;
use crate::gate::check::check;
use crate::gate::passage::{Passage, Terms};
use crate::incoming::{Incoming, Watch};
use crate::life::{Framing, Life, StreamBeat};
use crate::refusal::Refusal;
use crate::service::HttpService;
use crate::settings::Http;

/// Checks requests of one connection, and has the service answer those that pass. The engine calls it.
pub(crate) struct Gate<S> {
    service: S,
    http: Arc<Http>,
    life: Arc<Life>,
}

impl<S> Gate<S> {
    pub(crate) const fn new(service: S, http: Arc<Http>, life: Arc<Life>) -> Self {
        Self { service, http, life }
    }

    /// Whether the request may pass.
    fn check(&self, request: &Request<hyper::body::Incoming>, http1: bool) -> Result<(), Refusal> {
        if http1 {
            self.life.judge_head(request.method(), framing(request.body()))?;
        }
        check(&self.http, request)
    }

    /// The limits that its body is read under; `None` where it has none.
    fn watch(&self, request: &Request<hyper::body::Incoming>, http1: bool) -> Option<Box<Watch>> {
        if request.body().is_end_stream() {
            return None;
        }
        let asks = http1 && request.headers().contains_key(EXPECT);
        let heir = http1.then(|| Arc::clone(&self.life));
        Some(Box::new(Watch::new(self.http.max_body, self.http.progress, heir, asks)))
    }
}

/// How the engine reads the body.
fn framing(body: &hyper::body::Incoming) -> Framing {
    match (body.is_end_stream(), body.size_hint().exact()) {
        (true, _) => Framing::Nothing,
        (false, Some(length)) => Framing::Length(length),
        (false, None) => Framing::Chunked,
    }
}

impl<S: HttpService> hyper::service::Service<Request<hyper::body::Incoming>> for Gate<S> {
    type Response = Response<Answer<S::Body>>;
    type Error = Infallible;
    type Future = Passage<S>;

    fn call(&self, request: Request<hyper::body::Incoming>) -> Passage<S> {
        let (number, flight) = self.life.begin();
        let http1 = request.version() < Version::HTTP_2;
        let beat = (!http1).then(|| {
            let beat = Arc::new(StreamBeat::default());
            self.life.announce(Arc::clone(&beat));
            beat
        });
        let facts = RequestFacts::new(Arc::clone(&self.life.facts), number);
        let line = self.http.access_log.then(|| LogLine::begin(&request, Some(&facts))).flatten();
        let id = facts.id();
        let bodiless = !http1 && *request.method() == Method::HEAD;
        let span = Span::none();
        let connect = *request.method() == Method::CONNECT;
        let mut terms = Terms { flight, line, account: None, beat, http1, bodiless, connect, id, span };
        if let Err(refusal) = self.check(&request, http1) {
            return Passage::refused(refusal, terms);
        }
        terms.span = tracing::info_span!(
            "request",
            %id,
            method = %request.method(),
            path = request.uri().path()
        );
        let watch = self.watch(&request, http1);
        terms.account = watch.as_ref().map(|watch| watch.account());
        let mut request = request.map(|body| Incoming::new(body, watch));
        request.extensions_mut().insert(facts);
        Passage::open(self.service.clone(), request, terms)
    }
}
