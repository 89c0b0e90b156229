//! What the engine calls: the gate, and where the streams of HTTP/2 run.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::Group;
use http::{Request, Response};
use hyper::rt::Executor;
use tower_service::Service;
use tracing::Instrument;

use crate::gate::{Answer, Gate, Passage};
use crate::life::Life;
use crate::service::HttpService;
use crate::speak::stuck::Stuck;

/// A gate, as the engine calls it.
pub(super) struct Front<S>(pub(super) Gate<S>);

impl<S: HttpService> hyper::service::Service<Request<hyper::body::Incoming>> for Front<S> {
    type Response = Response<Answer<S::Body>>;
    type Error = Infallible;
    type Future = Passage<S>;

    fn call(&self, request: Request<hyper::body::Incoming>) -> Passage<S> {
        // Cheap to clone, and always ready.
        self.0.clone().call(request)
    }
}

/// Runs the streams of one connection as tasks of a group, which ends with it.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) group: Group,
    pub(super) life: Arc<Life>,
    pub(super) progress: Duration,
}

impl<F> Executor<F> for Streams
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, stream: F) {
        let stuck = Stuck::new(stream, self.life.take_announced(), self.progress);
        self.group.spawn(stuck.in_current_span());
    }
}
