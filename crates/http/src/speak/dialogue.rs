//! One connection from its first byte to its last.

use std::sync::Arc;

use greenroom_server::{Connection, Deadlines};
use tokio::io::AsyncWriteExt;
use tracing::Instrument;

use crate::access_log::LogLine;
use crate::clock::{Clock, spread};
use crate::facts::{ConnectionFacts, RequestFacts};
use crate::gate::Gate;
use crate::life::Life;
use crate::refusal::Refusal;
use crate::service::HttpService;
use crate::settings::Http;
use crate::speak::sniff::Protocol;

/// What speaking needs.
pub(crate) struct Dialogue<S> {
    pub(super) http: Arc<Http>,
    pub(super) life: Arc<Life>,
    pub(super) clock: Clock,
    pub(super) service: S,
}

impl<S: HttpService> Dialogue<S> {
    pub(crate) fn new(http: Arc<Http>, service: S, conn: &Connection) -> Self {
        let facts = ConnectionFacts::of(conn);
        let most = http.max_requests.map(|n| (f64::from(n) * spread(facts.id.as_u64())).ceil() as u32);
        let life = Arc::new(Life::new(facts, most));
        let clock = Clock::new(&http, &life);
        Self { http, life, clock, service }
    }

    /// Serves the connection's requests, until there are no more.
    pub(crate) async fn speak(mut self, mut conn: Connection) {
        conn.set_deadlines(Deadlines::new().write(self.http.progress));
        let span = tracing::info_span!("connection", id = %self.life.facts.id, peer = %self.life.facts.peer);
        self.choose(conn).instrument(span).await;
    }

    async fn choose(&mut self, mut conn: Connection) {
        match self.protocol(&mut conn).await {
            Some(Protocol::Http1) => self.http1(conn).await,
            // Few connections are; the others need not hold room for it.
            Some(Protocol::Http2) => Box::pin(self.http2(conn)).await,
            None => {}
        }
    }

    pub(super) fn gate(&self) -> Gate<S> {
        Gate::new(self.service.clone(), Arc::clone(&self.http), Arc::clone(&self.life))
    }

    /// Says why there is no other answer, as HTTP/1.1.
    pub(super) async fn refuse(&mut self, conn: &mut Connection, refusal: Refusal) {
        let facts = RequestFacts::new(Arc::clone(&self.life.facts), self.life.begun() + 1);
        tracing::debug!(id = %facts.id(), peer = %facts.peer_addr(), "refused: {refusal}");
        let bytes = refusal.bytes();
        if self.http.access_log {
            LogLine::of_refusal(&facts, refusal.status(), refusal.to_string().len() + 1);
        }
        // A client that does not wait for it does not want it.
        let _ = conn.write_all(&bytes).await;
    }
}
