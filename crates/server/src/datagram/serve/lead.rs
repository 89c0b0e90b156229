//! Who receives, handles; and whoever has to wait passes the receiving on.
//!
//! Invariants:
//! 1. A socket has one leader, the task that receives from it and begins each handler. Its handlers begin in the order
//!    in which their datagrams came.
//! 2. A handler that is pending after its first poll keeps the task, which has been its own since it began: it stays
//!    where it was polled, with its scopes, its waker, and its kill. The leadership goes to a new task.
//! 3. The leadership is never lost: it is a bracket's resource, so it is passed on too when a handler panics, or kills
//!    the task that it shares.
//! 4. The leader tells how the receiving ended, once.

use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use greenroom_core::{Named, Permit, TaskBuilder, bracket};
use tokio::sync::oneshot;

use crate::address::SockAddr;
use crate::datagram::handler::DatagramHandler;
use crate::datagram::packet::{Packet, Reply};
use crate::datagram::receive::Receiver;
use crate::datagram::serve::overflow::Overflow;
use crate::datagram::serve::stage::{Stage, Visit};
use crate::datagram::socket::Arrival;
use crate::datagram::stats::Counters;
use crate::drain::Lost;
use crate::fault::AcceptError;

/// Receives and handles, until it is time to stop or the socket is finished.
pub(crate) async fn lead<H: DatagramHandler>(stage: Arc<Stage<H>>, receiver: Receiver) -> Result<(), Lost> {
    let address = receiver.address().clone();
    let (tell, told) = oneshot::channel();
    Lead { stage, receiver: Box::new(receiver), tell, permit: None }.start();
    // Without a word it ends only with its runtime.
    let end = told.await.unwrap_or_else(|gone| Err(AcceptError::new(address, io::Error::other(gone))));
    Ok(end?)
}

struct Lead<H> {
    stage: Arc<Stage<H>>,
    receiver: Box<Receiver>,
    tell: oneshot::Sender<Result<(), AcceptError>>,
    /// For the handler that begins next; kept while handlers need not wait.
    permit: Option<Permit>,
}

impl<H: DatagramHandler> Lead<H> {
    /// In a task of its own.
    fn start(self) {
        let name = Arc::clone(&self.receiver.outlet) as Arc<dyn Named>;
        let builder = TaskBuilder::new().name_of(name).on(&self.stage.runtime);
        let work = bracket(Some(self), work, async |lead: Option<Self>| {
            if let Some(lead) = lead {
                lead.start();
            }
        });
        drop(builder.spawn(work));
    }

    /// The next packet to handle, with the permit taken. `None`: there will be no more.
    async fn next(&mut self) -> Result<Option<Packet>, AcceptError> {
        loop {
            while let Some(arrival) = self.receiver.inbox.pop() {
                if self.stage.backstage.wants(&arrival) && self.has_room().await {
                    return Ok(Some(self.packet(arrival)));
                }
            }
            self.receiver.outlet.release();
            // Several sockets may share few permits.
            self.permit = None;
            if !self.receiver.batch().await? {
                return Ok(None);
            }
            if self.receiver.inbox.len() > 1 {
                self.receiver.outlet.gather();
            }
        }
    }

    /// Whether a handler may begin. If not, the datagram is dropped, and counted here.
    async fn has_room(&mut self) -> bool {
        if self.permit.is_none() {
            self.permit = self.stage.room.try_acquire();
        }
        if self.permit.is_none() && self.stage.overflow == Overflow::Wait {
            // Those already handled should not wait for their replies.
            self.receiver.outlet.release();
            let mut acquire = pin!(self.stage.room.acquire());
            let stop = self.receiver.stop();
            self.permit = poll_fn(|context| match stop.poll_stopped(context) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => acquire.as_mut().poll(context).map(Some),
            })
            .await;
        }
        if self.permit.is_none() {
            let counters = &self.stage.backstage.counters;
            let stopping = self.receiver.stop().is_stopped();
            Counters::count(if stopping { &counters.dropped_stopping } else { &counters.dropped_full });
        }
        self.permit.is_some()
    }

    fn packet(&mut self, arrival: Arrival) -> Packet {
        let payload = self.receiver.inbox.share(&arrival);
        let allowance = self.stage.backstage.allowance();
        if let Some(allowance) = &allowance {
            allowance.earn(payload.len());
        }
        let reply = Reply::new(Arc::clone(&self.receiver.outlet), arrival.peer, allowance);
        Packet::new(payload, reply, arrival.truncated)
    }

    /// The handler of this task has to wait: others go on receiving.
    fn pass_on(mut self, peer: SockAddr) -> Option<Visit> {
        let stage = Arc::clone(&self.stage);
        // Before anybody can tell that the receiving is over.
        let visit = stage.seat(peer, self.permit.take()?);
        self.start();
        Some(visit)
    }
}

/// A leader's life.
async fn work<H: DatagramHandler>(place: &mut Option<Lead<H>>) {
    let Some(stage) = place.as_ref().map(|lead| Arc::clone(&lead.stage)) else { return };
    while let Some(lead) = place {
        let packet = match lead.next().await {
            Ok(Some(packet)) => packet,
            end => {
                if let Some(lead) = place.take() {
                    // Nobody listens any more if the door's task was killed.
                    let _ = lead.tell.send(end.map(|_| ()));
                }
                return;
            }
        };
        let peer = packet.peer().clone();
        let mut performance = pin!(stage.perform(packet));
        if once(performance.as_mut()).await.is_pending() {
            let _visit = place.take().and_then(|lead| lead.pass_on(peer));
            performance.await;
            return;
        }
    }
}

/// Polls a future once, for the task that runs here.
async fn once<F: Future>(mut future: Pin<&mut F>) -> Poll<F::Output> {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context))).await
}
