//! What handling needs, for all datagrams of a server.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use greenroom_core::{Permit, Semaphore};
use tokio::runtime::Handle;

use crate::address::SockAddr;
use crate::datagram::handler::DatagramHandler;
use crate::datagram::packet::Packet;
use crate::datagram::receive::Backstage;
use crate::datagram::serve::overflow::Overflow;
use crate::datagram::serve::performance::Performance;
use crate::drain::{Identity, Seat};

pub(crate) struct Stage<H> {
    pub(crate) handler: H,
    pub(crate) backstage: Backstage,
    /// As many permits as handlers may wait.
    pub(crate) room: Semaphore,
    pub(crate) overflow: Overflow,
    pub(crate) runtime: Handle,
}

/// What a handler that waits holds of the server.
pub(super) struct Visit {
    // In this order: who sees the seat free finds the permit back as well.
    _permit: Permit,
    _seat: Seat,
}

/// Who is being served.
struct Visitor {
    number: u64,
    peer: SockAddr,
}

impl<H: DatagramHandler> Stage<H> {
    pub(super) async fn perform(&self, packet: Packet) {
        let performance = Performance::new(&self.backstage.counters);
        let peer = packet.peer().clone();
        let output = self.handler.handle(packet).await;
        performance.end(&peer, output);
    }

    /// The handler that runs in this task has to wait.
    pub(super) fn seat(&self, peer: SockAddr, permit: Permit) -> Visit {
        static NUMBERS: AtomicU64 = AtomicU64::new(1);
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        let seat = self.backstage.guests.seat(Arc::new(Visitor { number, peer }));
        if let Some(task) = greenroom_core::current() {
            self.backstage.guests.started(seat.place(), task);
        }
        Visit { _permit: permit, _seat: seat }
    }
}

impl Identity for Visitor {
    fn id(&self) -> u64 {
        self.number
    }

    fn peer(&self) -> SockAddr {
        self.peer.clone()
    }
}
