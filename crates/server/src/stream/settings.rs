//! What a server holds to, and its birth: from here on there is running state.

use std::hash::{BuildHasher, RandomState};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::backoff::Backoff;
use crate::limit::Limits;
use crate::stream::accept::{Rules, accept};
use crate::stream::connections::Connections;
use crate::stream::errors::{BindError, StartError};
use crate::stream::handler::Handler;
use crate::stream::io::Io;
use crate::stream::listener::Listener;
use crate::stream::running;
use crate::stream::serve::Stage;
use crate::stream::server::ServerHandle;
use crate::stream::stats::Counters;
use crate::stream::supervise::{Course, Doors, supervise};

const DEFAULT_GRACE: Duration = Duration::from_secs(25);
const DEFAULT_KILL_GRACE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    /// `None`: the default delays, drawn differently by each listener.
    pub(super) backoff: Option<Backoff>,
    pub(super) grace: Duration,
    pub(super) kill_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { limits: Limits::new(), backoff: None, grace: DEFAULT_GRACE, kill_grace: DEFAULT_KILL_GRACE }
    }
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
        let connections = Arc::new(Connections::default());
        let course = Arc::new(Course::new(Arc::clone(&connections), self.grace, self.kill_grace));
        let stage = Arc::new(Stage {
            handler,
            counters: Arc::clone(&counters),
            connections,
            stopping: course.stopping.clone(),
        });

        let mut doors = Doors::new();
        for (listener, &address) in listeners.into_iter().zip(&addresses) {
            let rules = Rules {
                address,
                limits: self.limits.clone(),
                backoff: self.backoff.clone().unwrap_or_else(|| Backoff::new(random_seed())),
                stop: course.closing.signal(),
                counters: Arc::clone(&counters),
            };
            let stage = Arc::clone(&stage);
            doors.spawn(accept(listener, rules, move |io, peer, permit| {
                stage.admit(Io::from_stream(io), peer, address, permit);
            }));
            tracing::info!(%address, connections = self.limits.max_connections(), "listening");
        }
        running::start(name(&addresses), supervise(Arc::clone(&course), doors));
        Ok(ServerHandle::new(course, counters, self.limits, addresses))
    }
}

fn name(addresses: &[SocketAddr]) -> String {
    addresses.first().map_or_else(|| "server".to_owned(), |address| format!("server {address}"))
}

/// The standard library seeds its hash maps from the system's randomness; so do we.
fn random_seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}
