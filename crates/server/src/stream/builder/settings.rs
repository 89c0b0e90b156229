//! What a server holds to, and its birth: from here on there is running state.

use std::sync::Arc;

use crate::deadline::Deadlines;
use crate::drain::{Course, Door, Graces, launch};
use crate::limit::{Limits, Rank};
use crate::pause::Pause;
use crate::proxy::ProxyProtocol;
use crate::reserve::Reserve;
use crate::stream::accept::{AcceptPolicy, Rules, accept};
use crate::stream::builder::error::StartError;
use crate::stream::connection::{Io, Terms};
use crate::stream::handler::Handler;
use crate::stream::listener::BindError;
use crate::stream::listener::{Bound, Listener, SocketOptions};
use crate::stream::prepare::Prepare;
use crate::stream::serve::Stage;
use crate::stream::server::{Facts, ServerHandle};
use crate::stream::stats::Counters;

#[derive(Default)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) socket: SocketOptions,
    pub(super) policy: AcceptPolicy,
    pub(super) rank: Rank,
    pub(super) deadlines: Deadlines,
    pub(super) graces: Graces,
    pub(super) proxy: Option<ProxyProtocol>,
    pub(super) steps: Vec<Arc<dyn Prepare>>,
}

impl Settings {
    /// Begins to accept from listeners that are bound.
    pub(super) fn run<H: Handler>(
        self,
        listeners: Vec<Bound>,
        handler: H,
    ) -> Result<ServerHandle, StartError> {
        let addresses = listeners.iter().map(Bound::local_addr).collect::<Result<Vec<_>, _>>();
        let addresses = addresses.map_err(BindError::given)?;
        let counters = Arc::new(Counters::default());
        let pause = Arc::new(Pause::default());
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
                rank: self.rank,
                policy: self.policy.clone(),
                reserve: self.policy.sheds(listener.opens_files()).then(Reserve::new),
                stop: course.closing.signal(),
                pause: Arc::clone(&pause),
                counters: Arc::clone(&counters),
            };
            let stage = Arc::clone(&stage);
            let terms = Arc::new(Terms {
                local: address.clone(),
                deadlines: self.deadlines,
                limits: self.limits.clone(),
                told: course.told.signal(),
                stopping: course.stopping.signal(),
            });
            let accepting = accept(listener, rules, move |io, peer, permit| {
                stage.admit(Io::from_stream(io), peer, &terms, permit);
            });
            doors.push(Door { address: address.clone(), run: Box::pin(accepting) });
            tracing::info!(%address, connections = self.limits.max_connections(), "listening");
        }
        let grip = launch(course, doors);
        Ok(ServerHandle::new(grip, Facts { counters, limits: self.limits, pause, addresses }))
    }
}
