//! The way out of a socket.
//!
//! Invariants:
//! 1. What is in `waiting` leaves in that order, and before anything that is put later. So replies to one peer leave in
//!    the order in which they were handed over.
//! 2. Something waits only while somebody will send it: whoever gathers, until `release`; or the pump, while the
//!    system takes nothing.
//! 3. Nothing of a user's is touched while the lock is held: payloads are dropped, and the log is written, afterwards.
//!
//! The socket is written to under this lock, which is the socket's alone: without it there would be no order.

use std::collections::VecDeque;
use std::io;
use std::slice;
use std::sync::Arc;

use greenroom_core::{Named, TaskBuilder};
use tokio::runtime::Handle;
use tokio::time::Instant;

use crate::address::SockAddr;
use crate::datagram::socket::{Parcel, Socket};
use crate::datagram::stats::Counters;
use crate::log::{Digest, Summary};
use crate::sync::Mutex;

/// So many may wait. Whoever wants to send more waits himself.
const ROOM: usize = 256;
/// So many are gathered, then they are sent.
const GATHERED: usize = 32;

/// Sends replies through a socket, in order.
pub(crate) struct Outlet {
    state: Mutex<State>,
    local: SockAddr,
    name: Box<str>,
    counters: Arc<Counters>,
    runtime: Handle,
}

struct State {
    /// Missing when the server is over.
    socket: Option<Arc<Socket>>,
    waiting: VecDeque<Parcel>,
    /// Several datagrams are being handled: their replies leave together.
    gathering: bool,
    pumping: bool,
    digest: Digest,
}

/// What became of a parcel.
pub(super) enum Put {
    /// It is on its way, and whoever sent it drops it.
    Sent(Parcel),
    /// It will be sent in its turn.
    Kept,
    Failed(io::Error, Parcel),
    /// There is no room: try again when this socket can be written to.
    Full(Arc<Socket>, Parcel),
    Closed(Parcel),
}

impl Outlet {
    pub(crate) fn new(
        socket: Arc<Socket>,
        local: SockAddr,
        counters: Arc<Counters>,
        runtime: Handle,
    ) -> Arc<Self> {
        let state = State {
            socket: Some(socket),
            waiting: VecDeque::new(),
            gathering: false,
            pumping: false,
            digest: Digest::default(),
        };
        let name = format!("datagrams {local}").into();
        Arc::new(Self { state: Mutex::new(state), local, name, counters, runtime })
    }

    pub(crate) const fn local(&self) -> &SockAddr {
        &self.local
    }

    pub(super) fn counters(&self) -> &Counters {
        &self.counters
    }

    /// From now on replies are gathered, until `release`.
    pub(crate) fn gather(&self) {
        self.state.lock().gathering = true;
    }

    /// Sends what was gathered.
    pub(crate) fn release(self: &Arc<Self>) {
        let mut aftermath = Aftermath::new(self);
        let mut state = self.state.lock();
        state.gathering = false;
        self.flush(&mut state, &mut aftermath);
        drop(state);
    }

    /// The server is over: nothing is sent any more, and the socket is closed if nobody else has it.
    pub(crate) fn close(&self) {
        let mut state = self.state.lock();
        let left = (state.socket.take(), std::mem::take(&mut state.waiting));
        drop(state);
        drop(left);
    }

    /// Takes a parcel, to be sent in its turn; or, if it is to be sent `now`, hands it back where that cannot be.
    pub(super) fn put(self: &Arc<Self>, parcel: Parcel, now: bool) -> Put {
        let mut aftermath = Aftermath::new(self);
        let mut state = self.state.lock();
        if now {
            self.flush(&mut state, &mut aftermath);
        }
        let State { socket: Some(socket), waiting, gathering, .. } = &mut *state else {
            return Put::Closed(parcel);
        };
        if waiting.is_empty() && (now || !*gathering) {
            return match self.send(socket, slice::from_ref(&parcel)) {
                Ok(_) => Put::Sent(parcel),
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => Put::Failed(error, parcel),
                Err(_) if now => Put::Full(Arc::clone(socket), parcel),
                Err(_) => {
                    waiting.push_back(parcel);
                    aftermath.pump = !std::mem::replace(&mut state.pumping, true);
                    Put::Kept
                }
            };
        }
        let (blocked, socket) = (waiting.len() >= ROOM, Arc::clone(socket));
        if now {
            return Put::Full(socket, parcel);
        }
        if blocked {
            // So that it is the system that says when to try again.
            self.flush(&mut state, &mut aftermath);
            if state.waiting.len() >= ROOM {
                return Put::Full(socket, parcel);
            }
        }
        state.waiting.push_back(parcel);
        if state.waiting.len() >= GATHERED && !state.pumping {
            self.flush(&mut state, &mut aftermath);
        }
        Put::Kept
    }

    /// Sends what waits, as far as the system takes it.
    fn flush(&self, state: &mut State, aftermath: &mut Aftermath<'_>) {
        let State { socket: Some(socket), waiting, pumping, digest, .. } = state else { return };
        while let (first @ [_, ..], _) = waiting.as_slices() {
            match self.send(socket, first) {
                Ok(sent) => aftermath.parcels.extend(waiting.drain(..sent)),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    aftermath.pump |= !std::mem::replace(pumping, true);
                    return;
                }
                Err(error) => {
                    let Some(parcel) = waiting.pop_front() else { return };
                    let now = Instant::now();
                    if digest.note(error.raw_os_error().unwrap_or(0), now) {
                        aftermath.complaint = Some((parcel.peer.clone(), error));
                    } else if let Some(summary) = digest.summary(now) {
                        aftermath.summary = Some(summary);
                    }
                    aftermath.parcels.push(parcel);
                }
            }
        }
    }

    /// Sends from the front, and counts.
    fn send(&self, socket: &Socket, parcels: &[Parcel]) -> io::Result<usize> {
        let mut answer = socket.send(parcels);
        if let Err(error) = &answer
            && error.kind() == io::ErrorKind::ConnectionRefused
        {
            // What ICMP says of an earlier one. With this answer nothing was sent, and it does not come twice.
            self.counters.receive_failed(error);
            answer = socket.send(parcels);
        }
        match &answer {
            Ok(sent) => Counters::add(&self.counters.sent, *sent),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => self.counters.send_failed(error),
        }
        answer
    }
}

/// The name of the tasks that receive by its socket, and of their handlers.
impl Named for Outlet {
    fn name(&self) -> &str {
        &self.name
    }
}

/// What is to be done when the lock is no longer held: made before it is taken, it is dropped after.
struct Aftermath<'a> {
    outlet: &'a Arc<Outlet>,
    parcels: Vec<Parcel>,
    complaint: Option<(SockAddr, io::Error)>,
    summary: Option<Summary>,
    pump: bool,
}

impl<'a> Aftermath<'a> {
    const fn new(outlet: &'a Arc<Outlet>) -> Self {
        Self { outlet, parcels: Vec::new(), complaint: None, summary: None, pump: false }
    }
}

impl Drop for Aftermath<'_> {
    fn drop(&mut self) {
        let local = &self.outlet.local;
        if let Some((peer, error)) = &self.complaint {
            tracing::warn!(%local, %peer, %error, "a reply was not sent");
        }
        if let Some(errors) = &self.summary {
            tracing::warn!(%local, %errors, "replies were not sent since the last line");
        }
        if self.pump {
            let pump = Pump { outlet: Arc::clone(self.outlet), over: false };
            let task = TaskBuilder::new().name(format!("send {local}")).on(&self.outlet.runtime);
            drop(task.spawn(pump.run()));
        }
    }
}

/// Sends what waits because the system took nothing.
struct Pump {
    outlet: Arc<Outlet>,
    over: bool,
}

impl Pump {
    async fn run(mut self) {
        while let Some(socket) = self.blocked() {
            if socket.writable().await.is_err() {
                return;
            }
            let mut aftermath = Aftermath::new(&self.outlet);
            let mut state = self.outlet.state.lock();
            self.outlet.flush(&mut state, &mut aftermath);
            drop(state);
        }
    }

    /// The socket, if something waits for it. Else the next one that is blocked starts another pump.
    fn blocked(&mut self) -> Option<Arc<Socket>> {
        let mut state = self.outlet.state.lock();
        let socket = state.socket.clone().filter(|_| !state.waiting.is_empty());
        if socket.is_none() {
            state.pumping = false;
            self.over = true;
        }
        socket
    }
}

impl Drop for Pump {
    fn drop(&mut self) {
        // Killed, or the socket is no longer one.
        if !self.over {
            self.outlet.state.lock().pumping = false;
        }
    }
}
