//! What a server holds to, and its birth: from here on there is running state.

use std::sync::Arc;
use std::time::Duration;

use greenroom_core::TaskBuilder;

use crate::limit::Limits;
use crate::pause::Pause;
use crate::reserve::Reserve;
use crate::stream::accept::{AcceptPolicy, Rules, accept};
use crate::stream::builder::error::StartError;
use crate::stream::connection::Io;
use crate::stream::handler::Handler;
use crate::stream::listener::BindError;
use crate::stream::listener::Listener;
use crate::stream::serve::Connections;
use crate::stream::serve::Stage;
use crate::stream::server::Grip;
use crate::stream::server::ServerHandle;
use crate::stream::server::{Course, Door, Ending, supervise};
use crate::stream::stats::Counters;

const DEFAULT_GRACE: Duration = Duration::from_secs(25);
const DEFAULT_KILL_GRACE: Duration = Duration::from_secs(3);

#[derive(Debug)]
pub(super) struct Settings {
    pub(super) limits: Limits,
    pub(super) policy: AcceptPolicy,
    pub(super) grace: Duration,
    pub(super) kill_grace: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits::new(),
            policy: AcceptPolicy::new(),
            grace: DEFAULT_GRACE,
            kill_grace: DEFAULT_KILL_GRACE,
        }
    }
}

impl Settings {
    /// Begins to accept from listeners that are bound. `opens_files`: accepting from them opens a file.
    pub(super) fn run<L: Listener, H: Handler>(
        self,
        listeners: Vec<L>,
        opens_files: bool,
        handler: H,
    ) -> Result<ServerHandle, StartError> {
        let addresses = listeners.iter().map(L::local_addr).collect::<Result<Vec<_>, _>>();
        let addresses = addresses.map_err(|error| BindError::new("the given socket".to_owned(), error))?;
        let counters = Arc::new(Counters::default());
        let pause = Arc::new(Pause::default());
        let connections = Arc::new(Connections::default());
        let course = Arc::new(Course::new(Arc::clone(&connections), self.grace, self.kill_grace));
        let stage = Arc::new(Stage {
            handler,
            counters: Arc::clone(&counters),
            connections,
            stopping: course.stopping.clone(),
        });

        let mut doors = Vec::with_capacity(listeners.len());
        for (listener, address) in listeners.into_iter().zip(&addresses) {
            let rules = Rules {
                address: address.clone(),
                limits: self.limits.clone(),
                policy: self.policy.clone(),
                reserve: self.policy.sheds(opens_files).then(Reserve::new),
                stop: course.closing.signal(),
                pause: Arc::clone(&pause),
                counters: Arc::clone(&counters),
            };
            let (stage, local) = (Arc::clone(&stage), address.clone());
            let accepting = accept(listener, rules, move |io, peer, permit| {
                stage.admit(Io::from_stream(io), peer, local.clone(), permit);
            });
            doors.push(Door { address: address.clone(), accepting: Box::pin(accepting) });
            tracing::info!(%address, connections = self.limits.max_connections(), "listening");
        }
        let name = addresses.first().map_or_else(String::new, |address| format!("server {address}"));
        drop(TaskBuilder::new().name(name).spawn(supervise(Ending::new(Arc::clone(&course)), doors)));
        Ok(ServerHandle::new(Grip { course, counters, limits: self.limits, pause, addresses }))
    }
}
