//! How clients that come back save work.

use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::{
    NoServerSessionStorage, ProducesTickets, ServerSessionMemoryCache, StoresServerSessions,
};

use crate::tls::error::{TlsError, TlsErrorKind};
use crate::tls::provider;

/// What is remembered, as configured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Resumption {
    /// How many tickets a handshake of TLS 1.3 hands out.
    pub(super) tickets: usize,
    /// How many sessions the server keeps; `None`: the client keeps its session, encrypted, as a ticket.
    pub(super) cache: Option<usize>,
}

impl Default for Resumption {
    fn default() -> Self {
        Self { tickets: 1, cache: None }
    }
}

/// Where sessions are remembered. It outlives a reload, where that is safe.
#[derive(Debug, Clone)]
pub(super) enum Sessions {
    Tickets(Arc<dyn ProducesTickets>),
    Cache(Arc<dyn StoresServerSessions>),
    Forgotten,
}

impl Resumption {
    pub(super) fn sessions(self) -> Result<Sessions, TlsError> {
        match self {
            Self { cache: Some(0), .. } | Self { cache: None, tickets: 0 } => Ok(Sessions::Forgotten),
            Self { cache: Some(n), .. } => Ok(Sessions::Cache(ServerSessionMemoryCache::new(n))),
            Self { cache: None, .. } => provider::ticketer().map(Sessions::Tickets).map_err(|error| {
                TlsError::new(TlsErrorKind::Internal, "no keys for session tickets").because(error)
            }),
        }
    }

    pub(super) fn apply(self, sessions: &Sessions, config: &mut ServerConfig) {
        config.send_tls13_tickets = self.tickets;
        config.session_storage = Arc::new(NoServerSessionStorage {});
        match sessions {
            Sessions::Tickets(ticketer) => config.ticketer = Arc::clone(ticketer),
            Sessions::Cache(storage) => config.session_storage = Arc::clone(storage),
            Sessions::Forgotten => config.send_tls13_tickets = 0,
        }
    }
}
