//! What serving sessions needs, for all sockets of a server; and who may begin one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use greenroom_core::{AnyTask, Named, TaskBuilder};
use tokio::time::Instant;

use crate::address::SockAddr;
use crate::datagram::packet::{Outlet, Reply};
use crate::datagram::receive::Backstage;
use crate::datagram::serve::Performance;
use crate::datagram::session::bucket::Bucket;
use crate::datagram::session::cell::{Cell, Pushed};
use crate::datagram::session::handler::SessionHandler;
use crate::datagram::session::memory::Memory;
use crate::datagram::session::session::Session;
use crate::datagram::session::sessions::Sessions;
use crate::datagram::session::table::Table;
use crate::datagram::socket::{Arrival, Inbox};
use crate::datagram::stats::Counters;
use crate::drain::{Identity, Seat};
use crate::limit::{Limits, Permit, Rank};
use crate::stop::Stopper;
use crate::sync::Mutex;

/// A session is looked at so often in the time it may be silent.
const LOOKS: u32 = 4;
/// However short that time is.
const SHORTEST_LOOK: Duration = Duration::from_millis(1);

pub(crate) struct Stage<H> {
    handler: H,
    sessions: Sessions,
    backstage: Backstage,
    stopping: Stopper,
    limits: Limits,
    open: Arc<AtomicUsize>,
    bucket: Mutex<Bucket>,
    memory: Arc<Memory>,
}

/// What a session holds of the server, until its task is gone.
struct Visit {
    cell: Arc<Cell>,
    table: Arc<Table>,
    open: Arc<AtomicUsize>,
    // In this order: who sees the seat free finds the permit back as well.
    _permit: Permit,
    _seat: Seat,
}

impl<H: SessionHandler> Stage<H> {
    pub(crate) fn new(
        handler: H,
        sessions: Sessions,
        backstage: Backstage,
        stopping: Stopper,
        limits: Limits,
    ) -> Self {
        Self {
            handler,
            backstage,
            stopping,
            limits,
            open: Arc::default(),
            bucket: Mutex::new(Bucket::new(sessions.new_per_second)),
            memory: Arc::new(Memory::new(sessions.queued_bytes)),
            sessions,
        }
    }

    /// How often to look for sessions that are over.
    pub(super) fn look(&self) -> Duration {
        (self.sessions.idle / LOOKS).max(SHORTEST_LOOK)
    }

    pub(super) fn expire(&self, table: &Table, now: Instant) {
        let since = now.checked_sub(self.sessions.idle);
        let expired = since.map_or(0, |since| table.expire(since));
        Counters::add(&self.backstage.counters.sessions_expired, expired);
    }

    /// Hands a datagram to its session, which may have to begin first.
    pub(super) fn route(
        self: &Arc<Self>,
        table: &Arc<Table>,
        outlet: &Arc<Outlet>,
        inbox: &Inbox,
        arrival: &Arrival,
        now: Instant,
    ) {
        let counters = &self.backstage.counters;
        if !self.backstage.wants(arrival) {
            return;
        }
        let push = |cell: &Cell| {
            let most = self.sessions.queue;
            cell.push(arrival.len(), arrival.truncated, most, now, || inbox.own(arrival))
        };
        let pushed = match table.push(&arrival.peer, push) {
            None | Some(Pushed::Over) => {
                let Some((permit, cell)) = self.begin(outlet, &arrival.peer, now) else { return };
                let pushed = push(&cell);
                self.admit(table, cell, permit);
                pushed
            }
            Some(pushed) => pushed,
        };
        match pushed {
            Pushed::Taken(Some(waker)) => waker.wake(),
            Pushed::Taken(None) => {}
            Pushed::QueueFull => Counters::count(&counters.dropped_queue_full),
            Pushed::MemoryFull => Counters::count(&counters.dropped_memory),
            Pushed::Over => Counters::count(&counters.dropped_unread),
        }
    }

    /// A session for a new peer, if there may be one more. If not, its datagram is dropped, and counted here.
    fn begin(&self, outlet: &Arc<Outlet>, peer: &SockAddr, now: Instant) -> Option<(Permit, Arc<Cell>)> {
        let counters = &self.backstage.counters;
        let below = |open: usize| (open < self.sessions.most).then_some(open + 1);
        if self.open.fetch_update(Ordering::Relaxed, Ordering::Relaxed, below).is_err() {
            Counters::count(&counters.dropped_sessions_full);
            return None;
        }
        match self.permit(peer, now) {
            Ok(permit) => {
                let allowance = self.backstage.allowance();
                let reply = Reply::new(Arc::clone(outlet), peer.clone(), allowance.clone());
                Some((permit, Arc::new(Cell::new(reply, allowance, Arc::clone(&self.memory), now))))
            }
            Err(reason) => {
                self.open.fetch_sub(1, Ordering::Relaxed);
                Counters::count(reason);
                None
            }
        }
    }

    /// Leave of the limits, without waiting for it. If there is none, what is to be counted.
    fn permit(&self, peer: &SockAddr, now: Instant) -> Result<Permit, &AtomicU64> {
        let counters = &self.backstage.counters;
        let mut entrance = self.limits.entrance(Rank::Ordinary);
        let entered = entrance.poll_enter(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok(mut permit)) = entered else { return Err(&counters.dropped_sessions_full) };
        let refused = if peer.ip().is_some_and(|source| permit.admit(source).is_err()) {
            &counters.dropped_sessions_full
        } else if !self.bucket.lock().take(now) {
            // Asked last: a token that is taken is gone.
            &counters.dropped_session_rate
        } else {
            return Ok(permit);
        };
        permit.give_back();
        Err(refused)
    }

    /// Serves the session in a task of its own.
    fn admit(self: &Arc<Self>, table: &Arc<Table>, cell: Arc<Cell>, mut permit: Permit) {
        Counters::count(&self.backstage.counters.sessions_started);
        let peer = cell.reply.peer().clone();
        let slot = permit.take_slot();
        let name = Arc::clone(&cell) as Arc<dyn Named>;
        let seat = self.backstage.guests.seat(Arc::clone(&cell) as Arc<dyn Identity>);
        let place = seat.place();
        table.enter(peer, Arc::clone(&cell));
        let session =
            Session::new(Arc::clone(&cell), self.stopping.signal(), Arc::clone(&self.backstage.counters));
        let (table, open) = (Arc::clone(table), Arc::clone(&self.open));
        let visit = Visit { cell, table, open, _permit: permit, _seat: seat };
        let (builder, serving) = (TaskBuilder::new().name_of(name), Arc::clone(self).serve(session, visit));
        let task = match slot {
            Some(slot) => slot.spawn_with(builder, serving),
            None => builder.spawn(serving),
        };
        self.backstage.guests.started(place, AnyTask::from(&task));
    }

    async fn serve(self: Arc<Self>, session: Session, visit: Visit) {
        let performance = Performance::new(&self.backstage.counters);
        let output = self.handler.handle(session).await;
        performance.end(visit.cell.reply.peer(), output);
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.cell.close();
        self.table.leave(&self.cell);
        self.open.fetch_sub(1, Ordering::Relaxed);
    }
}
