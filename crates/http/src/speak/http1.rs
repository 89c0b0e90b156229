//! HTTP/1.0 and HTTP/1.1.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use greenroom_server::Connection;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::task::yield_now;

use crate::clock::Overdue;
use crate::life::AfterUpgrade;
use crate::refusal::Refusal;
use crate::service::HttpService;
use crate::speak::dialogue::Dialogue;
use crate::speak::drain_unread::DrainUnread;
use crate::wire::Wire;

/// As many headers the engine takes unless told. Told, it clears room for them with each request, which costs as much as
/// reading it.
const ENGINES_HEADERS: usize = 100;

/// A connection that is to end. One that is idle ends when it is told to, and a request may have come of which the reactor does
/// not know yet: so it has a turn before that.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Leaving {
    No,
    LastCall,
    Tell,
    Told,
}

/// How a conversation ended.
enum Ending {
    /// The engine has handed the connection over.
    Upgraded,
    /// The engine is done, and well.
    Over,
    /// The engine could not go on. `unanswered`: nothing of the service's was on its way.
    Failed {
        error: hyper::Error,
        wire: Wire,
        unanswered: bool,
    },
    Late(Overdue, Wire),
}

impl<S: HttpService> Dialogue<S> {
    pub(super) async fn http1(&mut self, conn: Connection) {
        match self.converse(conn).await {
            Ending::Over => {}
            // An idle connection holds no room for what few come to.
            ending => Box::pin(self.part(ending)).await,
        }
    }

    /// Serves requests. The engine is gone when this is over.
    async fn converse(&mut self, conn: Connection) -> Ending {
        let wire = Wire::http1(conn, Arc::clone(&self.life), &self.http);
        let mut builder = http1::Builder::new();
        builder.max_header_size(self.http.max_head);
        if self.http.max_headers != ENGINES_HEADERS {
            builder.max_headers(self.http.max_headers);
        }
        let mut engine = builder.serve_connection(TokioIo::new(wire), self.gate()).with_upgrades();
        let mut stop = self.life.facts.stop.clone();
        let mut leaving = Leaving::No;
        let mut unread = DrainUnread::default();
        let ending = poll_fn(|context| {
            if leaving == Leaving::No && (stop.poll_stopped(context).is_ready() || self.clock.is_old()) {
                leaving = Leaving::LastCall;
            }
            loop {
                if let Poll::Ready(result) = Pin::new(&mut engine).poll(context) {
                    return Poll::Ready(Ok(result));
                }
                // It may be left by another task.
                if self.life.has_lent() {
                    self.life.wake_on_change(context);
                }
                if unread.poll(&self.http, &self.life, context) {
                    continue;
                }
                match leaving {
                    Leaving::No | Leaving::Told => break,
                    Leaving::LastCall => {
                        leaving = Leaving::Tell;
                        // Comes back when the reactor has looked.
                        let _ = pin!(yield_now()).poll(context);
                        break;
                    }
                    Leaving::Tell => {
                        leaving = Leaving::Told;
                        self.clock.forget_age();
                        Pin::new(&mut engine).graceful_shutdown();
                    }
                }
            }
            self.clock.poll_waiting(&self.http, &self.life, context).map(Err)
        })
        .await;
        // Before what is in flight goes with the engine.
        let unanswered = self.life.is_unanswered();
        match (ending, engine.into_parts()) {
            (_, None) => Ending::Upgraded,
            (Ok(Err(error)), Some(parts)) => {
                Ending::Failed { error, wire: parts.io.into_inner(), unanswered }
            }
            (Ok(Ok(())), Some(_)) => Ending::Over,
            (Err(overdue), Some(parts)) => Ending::Late(overdue, parts.io.into_inner()),
        }
    }

    async fn part(&mut self, ending: Ending) {
        match ending {
            Ending::Over => {}
            Ending::Upgraded => self.upgraded().await,
            Ending::Failed { error, wire, unanswered } => self.failed(error, wire, unanswered).await,
            Ending::Late(Overdue::Head, wire) if self.life.has_part_of_head() => {
                if let Some(mut conn) = wire.into_connection() {
                    self.refuse(&mut conn, Refusal::HeadOverdue).await;
                }
            }
            Ending::Late(overdue, _) => {
                tracing::debug!(id = %self.life.facts.id, peer = %self.life.facts.peer, ?overdue, "closed");
            }
        }
    }

    /// What the engine refused is said again, with a reason.
    async fn failed(&mut self, error: hyper::Error, wire: Wire, unanswered: bool) {
        // What it has no words for is another version than its own, and a head that ends before it is whole.
        let refused = match wire.refused() {
            Some(_) if self.life.is_http2() => Some(505),
            None if unanswered && self.life.is_http2() => Some(505),
            None if unanswered && error.is_incomplete_message() && self.life.has_part_of_head() => Some(400),
            refused => refused,
        };
        tracing::debug!(id = %self.life.facts.id, peer = %self.life.facts.peer, %error, "its HTTP ended with an error");
        let (Some(status), Some(mut conn)) = (refused, wire.into_connection()) else { return };
        let refusal = Refusal::of_status(status).unwrap_or_else(|| self.life.too_large(&self.http));
        self.refuse(&mut conn, refusal).await;
    }

    /// The connection is something else now, and still has its place: it goes on here, or is waited for.
    async fn upgraded(&mut self) {
        let Some(AfterUpgrade { on, run }) = self.life.take_after() else {
            return self.life.released().await;
        };
        let Ok(upgraded) = on.await else { return };
        if let Ok(parts) = upgraded.downcast::<TokioIo<Wire>>()
            && let Some(conn) = parts.io.into_inner().into_connection()
        {
            run(conn, parts.read_buf).await;
        }
    }
}
