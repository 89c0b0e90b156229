//! HTTP/1.0 and HTTP/1.1.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use greenroom_server::Connection;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;

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

enum Ending {
    /// The engine is done.
    Over(hyper::Result<()>),
    Late(Overdue),
}

impl<S: HttpService> Dialogue<S> {
    pub(super) async fn http1(mut self, conn: Connection) {
        let wire = Wire::http1(conn, Arc::clone(&self.life), &self.http);
        let mut builder = http1::Builder::new();
        builder.max_header_size(self.http.max_head);
        if self.http.max_headers != ENGINES_HEADERS {
            builder.max_headers(self.http.max_headers);
        }
        let mut engine = builder.serve_connection(TokioIo::new(wire), self.gate()).with_upgrades();
        let mut stop = self.life.facts.stop.clone();
        let mut told = false;
        let mut unread = DrainUnread::default();
        let ending = poll_fn(|context| {
            if !told && (stop.poll_stopped(context).is_ready() || self.clock.is_old()) {
                told = true;
                self.clock.forget_age();
                Pin::new(&mut engine).graceful_shutdown();
            }
            loop {
                if let Poll::Ready(result) = Pin::new(&mut engine).poll(context) {
                    return Poll::Ready(Ending::Over(result));
                }
                if !unread.poll(&self.http, &self.life, context) {
                    break;
                }
            }
            self.clock.poll_waiting(&self.http, &self.life, context).map(Ending::Late)
        })
        .await;
        let io = engine.into_parts().map(|parts| parts.io.into_inner());
        match (ending, io) {
            (Ending::Over(_), None) => self.upgraded().await,
            (Ending::Over(result), Some(wire)) => self.over(result, wire).await,
            (Ending::Late(Overdue::Head), Some(wire)) if self.life.has_part_of_head() => {
                if let Some(mut conn) = wire.into_connection() {
                    self.refuse(&mut conn, Refusal::HeadOverdue).await;
                }
            }
            (Ending::Late(overdue), _) => {
                tracing::debug!(id = %self.life.facts.id, peer = %self.life.facts.peer, ?overdue, "closed");
            }
        }
    }

    /// The engine has ended. What it refused is said again, with a reason.
    async fn over(&mut self, result: hyper::Result<()>, wire: Wire) {
        let Err(error) = result else { return };
        // The one thing it has no word for is another version than its own.
        let refused = wire.refused().or_else(|| self.life.is_http2().then_some(505));
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
