//! Where the streams of HTTP/2 run.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use greenroom_core::Group;
use hyper::rt::Executor;
use tracing::{Instrument, Span};

use crate::life::Life;
use crate::speak::stuck::Stuck;

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
        // It is large, and moves several times until it runs.
        let stuck = Stuck::new(Box::pin(stream), self.life.take_announced(), self.progress);
        let span = Span::current();
        if span.is_disabled() {
            self.group.spawn(stuck);
        } else {
            self.group.spawn(stuck.instrument(span));
        }
    }
}
