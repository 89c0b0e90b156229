//! What a datagram server holds to, and its birth: from here on there is running state.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::sync::Arc;

use greenroom_core::Semaphore;
use tokio::runtime::Handle;

use crate::address::Address;
use crate::backoff::Backoff;
use crate::datagram::builder::error::{DatagramServeError, DatagramStartError};
use crate::datagram::handler::DatagramHandler;
use crate::datagram::packet::Outlet;
use crate::datagram::receive::{Backstage, Receiver};
use crate::datagram::serve::{self, Overflow, lead};
use crate::datagram::server::{DatagramHandle, Facts};
use crate::datagram::session::{self, SessionHandler, Sessions, host};
use crate::datagram::socket::{DatagramSocket, Inbox, Options, Refusal, Socket, open, take};
use crate::datagram::stats::Counters;
use crate::drain::{Course, Door, Graces, Lost, StopReport, launch};
use crate::limit::Limits;

/// No datagram is longer.
pub(super) const LONGEST: usize = 65_535;
/// A handler that waits takes less than a connection, and is over sooner.
const HANDLERS: usize = 1_000;

#[derive(Debug)]
pub(super) enum Source {
    Address(Address),
    Socket(DatagramSocket),
}

#[derive(Debug)]
pub(super) struct Settings {
    pub(super) options: Options,
    pub(super) limits: Limits,
    pub(super) handlers: usize,
    pub(super) overflow: Overflow,
    pub(super) longest: usize,
    pub(super) keep_truncated: bool,
    pub(super) ratio: Option<u32>,
    /// `None`: the default delays, drawn differently by each socket.
    pub(super) backoff: Option<Backoff>,
    pub(super) graces: Graces,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            options: Options::default(),
            limits: Limits::new(),
            handlers: HANDLERS,
            overflow: Overflow::default(),
            longest: LONGEST,
            keep_truncated: false,
            ratio: None,
            backoff: None,
            graces: Graces::default(),
        }
    }
}

type Run = Pin<Box<dyn Future<Output = Result<(), Lost>> + Send>>;

/// A server about to run.
struct Birth {
    course: Arc<Course>,
    backstage: Backstage,
    receivers: Vec<Receiver>,
    facts: Facts,
}

impl Settings {
    pub(super) async fn open(&self, source: Source) -> Result<Vec<Socket>, DatagramStartError> {
        match source {
            Source::Address(address) => Ok(open(address.into_form()?, &self.options).await?),
            Source::Socket(socket) => Ok(vec![take(socket, &self.options)?]),
        }
    }

    /// Begins to receive, each datagram for itself.
    pub(super) fn run<H: DatagramHandler>(
        self,
        sockets: Vec<Socket>,
        handler: H,
    ) -> Result<DatagramHandle, DatagramStartError> {
        let (room, overflow) = (Semaphore::new(self.handlers), self.overflow);
        let Birth { course, backstage, receivers, facts } = self.prepare("handler", sockets)?;
        let runtime = Handle::current();
        let stage = Arc::new(serve::Stage { handler, backstage, room, overflow, runtime });
        let run = |receiver| Box::pin(lead(Arc::clone(&stage), receiver)) as Run;
        Ok(begin(course, facts, receivers.into_iter().map(run)))
    }

    /// Begins to receive for sessions.
    pub(super) fn run_sessions<H: SessionHandler>(
        self,
        sockets: Vec<Socket>,
        sessions: Sessions,
        handler: H,
    ) -> Result<DatagramHandle, DatagramStartError> {
        let limits = self.limits.clone();
        let Birth { course, backstage, receivers, facts } = self.prepare("session", sockets)?;
        let stage = session::Stage::new(handler, sessions, backstage, course.stopping.clone(), limits);
        let stage = Arc::new(stage);
        let run = |receiver| Box::pin(host(Arc::clone(&stage), receiver)) as Run;
        Ok(begin(course, facts, receivers.into_iter().map(run)))
    }

    fn prepare(self, noun: &'static str, sockets: Vec<Socket>) -> Result<Birth, DatagramStartError> {
        let addresses = sockets.iter().map(Socket::local_addr).collect::<Result<Vec<_>, _>>();
        let addresses =
            addresses.map_err(|error| Refusal { address: "the given socket".to_owned(), error })?;
        let counters = Arc::new(Counters::default());
        let course = Arc::new(Course::new(noun, self.graces));
        let (mut receivers, mut outlets) = (Vec::new(), Vec::new());
        for (socket, address) in sockets.into_iter().zip(&addresses) {
            let socket = Arc::new(socket);
            let (out, counted) = (Arc::clone(&socket), Arc::clone(&counters));
            let outlet = Outlet::new(out, address.clone(), counted, Handle::current());
            outlets.push(Arc::clone(&outlet));
            let backoff = self.backoff.clone().unwrap_or_else(|| Backoff::new(random_seed()));
            let inbox = Inbox::new(self.longest);
            let stop = course.closing.signal();
            receivers.push(Receiver::new(socket, outlet, inbox, backoff, stop, Arc::clone(&counters)));
            tracing::info!(%address, "receiving datagrams");
        }
        let backstage = Backstage {
            counters: Arc::clone(&counters),
            guests: Arc::clone(&course.guests),
            keep_truncated: self.keep_truncated,
            ratio: self.ratio,
            outlets,
        };
        let facts = Facts { counters, limits: self.limits, addresses };
        Ok(Birth { course, backstage, receivers, facts })
    }
}

fn begin(course: Arc<Course>, facts: Facts, runs: impl Iterator<Item = Run>) -> DatagramHandle {
    let addresses = facts.addresses.iter().cloned();
    let doors = addresses.zip(runs).map(|(address, run)| Door { address, run });
    let doors = doors.collect();
    DatagramHandle::new(launch(course, doors), facts)
}

/// Serves until `until` is ready, or until there is no socket left.
pub(super) async fn serve_until(
    server: DatagramHandle,
    until: impl Future,
) -> Result<StopReport, DatagramServeError> {
    let report = server.stop_when(until).await;
    match report.lost_listeners.last() {
        Some(error) if report.ended_by_itself => Err(error.clone().into()),
        _ => Ok(report),
    }
}

/// The standard library seeds its hash maps from the system's randomness; so do we.
fn random_seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}
