//! What a server holds to, and its birth: from here on there is running state.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::drain::{Course, Door, Graces, launch};
use crate::limit::Limits;
use crate::stream::accept::{Rules, accept};
use crate::stream::builder::error::StartError;
use crate::stream::connection::Io;
use crate::stream::handler::Handler;
use crate::stream::listener::BindError;
use crate::stream::listener::{Listener, SocketOptions};
use crate::stream::serve::Stage;
use crate::stream::server::{Facts, ServerHandle};
use crate::stream::stats::Counters;

#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) socket: SocketOptions,
    /// `None`: the default delays, drawn differently by each listener.
    pub(super) backoff: Option<Backoff>,
    pub(super) graces: Graces,
}

impl Settings {
    /// Begins to accept from listeners that are bound.
    pub(super) fn run<L: Listener, H: Handler>(
        self,
        listeners: Vec<L>,
        handler: H,
    ) -> Result<ServerHandle, StartError> {
        let addresses = listeners.iter().map(L::local_addr).collect::<Result<Vec<_>, _>>();
        let addresses = addresses.map_err(|error| BindError::given(error))?;
        let counters = Arc::new(Counters::default());
        let course = Arc::new(Course::new("connection", self.graces));
        let stage = Arc::new(Stage {
            handler,
            counters: Arc::clone(&counters),
            guests: Arc::clone(&course.guests),
            stopping: course.stopping.clone(),
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
            let (stage, local) = (Arc::clone(&stage), address.clone());
            let accepting = accept(listener, rules, move |io, peer, permit| {
                stage.admit(Io::from_stream(io), peer, local.clone(), permit);
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
