//! What a server holds to, and its birth: from here on there is running state.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::deadline::Deadlines;
use crate::drain::{Course, Door, Graces, launch};
use crate::limit::Limits;
use crate::proxy::ProxyProtocol;
use crate::stream::accept::{Rules, accept};
use crate::stream::builder::error::StartError;
use crate::stream::connection::{Io, Terms};
use crate::stream::handler::Handler;
use crate::stream::listener::BindError;
use crate::stream::listener::Listener;
use crate::stream::prepare::Prepare;
use crate::stream::serve::Stage;
use crate::stream::server::{Facts, ServerHandle};
use crate::stream::stats::Counters;

#[derive(Default)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    /// `None`: the default delays, drawn differently by each listener.
    pub(super) backoff: Option<Backoff>,
    pub(super) deadlines: Deadlines,
    pub(super) graces: Graces,
    pub(super) proxy: Option<ProxyProtocol>,
    pub(super) steps: Vec<Arc<dyn Prepare>>,
}

impl Settings {
    /// Begins to accept from listeners that are bound.
    pub(super) fn run<L: Listener, H: Handler>(
        self,
        listeners: Vec<L>,
        handler: H,
    ) -> Result<ServerHandle, StartError> {
        let addresses = listeners.iter().map(L::local_addr).collect::<Result<Vec<_>, _>>();
        let addresses = addresses.map_err(|error| BindError::new("the given socket".to_owned(), error))?;
        let counters = Arc::new(Counters::default());
        let course = Arc::new(Course::new("connection", self.graces));
        let stage = Arc::new(Stage {
            handler,
            counters: Arc::clone(&counters),
            guests: Arc::clone(&course.guests),
            behind_proxies: self.proxy.is_some(),
            steps: self
                .proxy
                .map(|proxy| Arc::new(proxy) as Arc<dyn Prepare>)
                .into_iter()
                .chain(self.steps)
                .collect(),
        });

        let mut doors = Vec::with_capacity(listeners.len());
        for (listener, address) in listeners.into_iter().zip(&addresses) {
            let rules = Rules {
                address: address.clone(),
                limits: self.limits.clone(),
                backoff: self.backoff.clone().unwrap_or_else(|| Backoff::new(random_seed())),
                stop: course.closing.signal(),
                counters: Arc::clone(&counters),
            };
            let stage = Arc::clone(&stage);
            let terms = Arc::new(Terms {
                local: address.clone(),
                deadlines: self.deadlines,
                limits: self.limits.clone(),
                stopping: course.stopping.signal(),
            });
            let accepting = accept(listener, rules, move |io, peer, permit| {
                stage.admit(Io::from_stream(io), peer, &terms, permit);
            });
            doors.push(Door { address: address.clone(), drain_on_loss: false, run: Box::pin(accepting) });
            tracing::info!(%address, connections = self.limits.max_connections(), "listening");
        }
        let grip = launch(course, doors);
        Ok(ServerHandle::new(grip, Facts { counters, limits: self.limits, addresses }))
    }
}

/// The standard library seeds its hash maps from the system's randomness; so do we.
fn random_seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}
