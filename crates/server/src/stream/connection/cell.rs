//! What a connection and its halves, the reader of its lines, and the task that serves it share: one allocation.
//!
//! The lock of the wire is held while the io is polled, as it must be; it is this connection's alone.

use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use greenroom_core::{Suspend, current_id, on_suspend};
use tokio::io::ReadBuf;
use tokio::task::yield_now;

use crate::address::SockAddr;
use crate::chunk::Chunk;
use crate::deadline::{Deadlines, Watch};
use crate::limit::Limits;
use crate::stop::StopSignal;
use crate::stream::connection::extras::{Extras, Fact, Proxied};
use crate::stream::connection::id::ConnectionId;
use crate::stream::connection::terms::Terms;
use crate::stream::connection::wire::{LastCall, Trunk, Wire};
use crate::sync::Mutex;

/// One allocation per connection.
pub(crate) struct Cell {
    pub(crate) id: ConnectionId,
    /// As accept told it.
    accepted_from: SockAddr,
    terms: Arc<Terms>,
    extras: Extras,
    wire: Mutex<Wire>,
    /// Apart from the wire, so that neither lock is held under the other.
    stop: Mutex<StopSignal>,
}

/// How the search for more input ended.
pub(super) enum More {
    Read,
    /// The peer has finished sending.
    Ended,
    /// The server is stopping, and no message has begun.
    Stopped,
}

/// How far a reply is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sending {
    #[default]
    Gathering,
    Flushing,
}

impl Cell {
    pub(crate) fn new(id: ConnectionId, trunk: Trunk, peer: SockAddr, terms: &Arc<Terms>) -> Self {
        Self {
            id,
            accepted_from: peer,
            extras: Extras::default(),
            wire: Mutex::new(Wire::new(trunk, Watch::over(terms.deadlines))),
            stop: Mutex::new(terms.stopping.clone()),
            terms: Arc::clone(terms),
        }
    }

    pub(crate) fn peer_addr(&self) -> &SockAddr {
        self.extras.peer().unwrap_or(&self.accepted_from)
    }

    /// The peer's own address, whatever a PROXY header says.
    pub(crate) const fn accepted_from(&self) -> &SockAddr {
        &self.accepted_from
    }

    pub(crate) fn local_addr(&self) -> SockAddr {
        if let Some(local) = self.extras.local() {
            return local.clone();
        }
        let of_socket = self.wire.lock().trunk.as_ref().and_then(|trunk| trunk.io.local_addr());
        of_socket.unwrap_or_else(|| self.terms.local.clone())
    }

    pub(crate) fn stop_signal(&self) -> StopSignal {
        self.terms.stopping.clone()
    }

    pub(crate) fn lame_duck_signal(&self) -> StopSignal {
        self.terms.told.clone()
    }

    /// Works on the wire. Wakers that it replaces are dropped or woken after unlocking.
    pub(super) fn with<R>(&self, act: impl FnOnce(&mut Wire) -> R) -> R {
        let mut wire = self.wire.lock();
        let result = act(&mut wire);
        let [stale, displaced] = std::mem::take(&mut wire.stale);
        drop(wire);
        drop(stale);
        if let Some(displaced) = displaced {
            displaced.wake();
        }
        result
    }

    pub(super) fn set_deadlines(&self, deadlines: Deadlines) {
        let old = self.with(|wire| match &mut wire.watch {
            Some(watch) => {
                watch.change(deadlines);
                None
            }
            none => {
                let mut watch = Watch::over(deadlines);
                if let Some(watch) = watch.as_mut().filter(|_| wire.is.heard) {
                    watch.heard();
                }
                std::mem::replace(none, watch)
            }
        });
        drop(old);
    }

    /// The next line without its end; `None` at the end of input, or when stopping with nothing begun.
    pub(super) fn poll_line(
        &self,
        limit: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Bytes>>> {
        loop {
            if let Some(line) = self.with(|wire| wire.cut_line(limit))? {
                return Poll::Ready(Ok(Some(line)));
            }
            match ready!(self.poll_more(context))? {
                More::Read => {}
                More::Ended => return Poll::Ready(Ok(self.with(Wire::take_rest))),
                More::Stopped => return Poll::Ready(Ok(None)),
            }
        }
    }

    /// Reads more of a message that is not whole, or of the next.
    pub(super) fn poll_more(&self, context: &mut Context<'_>) -> Poll<io::Result<More>> {
        self.until_stopped(context, |wire, context| {
            wire.take_fault()?;
            if !wire.is.ended {
                ready!(wire.poll_fill(context))?;
            }
            Poll::Ready(Ok(if wire.is.ended { More::Ended } else { More::Read }))
        })
        .map_ok(|more| more.unwrap_or(More::Stopped))
    }

    /// The first `n` bytes of what comes, which stay; fewer at the end of input, or when stopping with nothing begun.
    pub(super) fn poll_peek(&self, n: usize, context: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        loop {
            let seen = self.with(|wire| Bytes::copy_from_slice(&wire.input[..n.min(wire.input.len())]));
            if seen.len() == n {
                return Poll::Ready(Ok(seen));
            }
            match ready!(self.poll_more(context))? {
                More::Read => {}
                More::Ended | More::Stopped => return Poll::Ready(Ok(seen)),
            }
        }
    }

    pub(super) fn poll_recv(&self, context: &mut Context<'_>) -> Poll<io::Result<Option<Chunk>>> {
        self.until_stopped(context, Wire::poll_chunk).map_ok(Option::flatten)
    }

    /// Reads; `None` when the server is stopping and no message has begun.
    ///
    /// What has come by the time of the stop is read once more, and only once: a client that never pauses would never be done
    /// otherwise. The reactor may not know of it yet: it has a turn in between.
    fn until_stopped<T>(
        &self,
        context: &mut Context<'_>,
        read: impl FnOnce(&mut Wire, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> Poll<io::Result<Option<T>>> {
        let stopping = self.terms.stopping.is_stopped();
        let (poll, between, yields) = self.with(|wire| {
            if !stopping || !wire.is_between() {
                return (read(wire, context), wire.is_between(), false);
            }
            if wire.is.last_call == LastCall::Over {
                return (Poll::Pending, true, false);
            }
            let poll = read(wire, context);
            let first = std::mem::replace(&mut wire.is.last_call, LastCall::Over) == LastCall::Not;
            let yields = first && poll.is_pending() && wire.is_between();
            if yields {
                wire.is.last_call = LastCall::Given;
            }
            (poll, wire.is_between(), yields)
        });
        match poll {
            Poll::Ready(result) => Poll::Ready(result.map(Some)),
            // Comes back when the reactor has looked.
            Poll::Pending if yields => pin!(yield_now()).poll(context).map(|()| Ok(None)),
            Poll::Pending if between => self.stop.lock().poll_stopped(context).map(|()| Ok(None)),
            Poll::Pending => Poll::Pending,
        }
    }

    pub(super) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|wire| wire.poll_read(context, buffer))
    }

    pub(super) fn poll_write(
        self: &Arc<Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.writing(context, |wire, context| wire.poll_write(context, slices))
    }

    pub(super) fn poll_flush(self: &Arc<Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writing(context, |wire, context| {
            wire.take_fault()?;
            wire.poll_output(context)
        })
    }

    pub(super) fn poll_shutdown(self: &Arc<Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.writing(context, |wire, context| {
            wire.take_fault()?;
            wire.poll_shutdown(context)
        })
    }

    /// Gathers a reply, to be sent whenever the task that sends it next suspends. Outside of a task it is sent at once.
    pub(super) fn poll_send(
        self: &Arc<Self>,
        stage: &mut Sending,
        context: &mut Context<'_>,
        reply: &[&[u8]],
    ) -> Poll<io::Result<()>> {
        if *stage == Sending::Gathering {
            ready!(self.writing(context, |wire, context| wire.poll_gather(context, reply)))?;
            *stage = Sending::Flushing;
            if current_id().is_some() {
                return Poll::Ready(Ok(()));
            }
        }
        self.poll_flush(context)
    }

    /// Works on the wire as the one that writes: if it must wait, it is the one to be woken. What it leaves unsent is sent
    /// whenever its task suspends.
    fn writing<T>(
        self: &Arc<Self>,
        context: &mut Context<'_>,
        act: impl FnOnce(&mut Wire, &mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        let (poll, hook) = self.with(|wire| {
            let poll = act(wire, context);
            wire.note_writer(poll.is_pending(), context);
            let hook =
                wire.owes() && current_id().is_some_and(|task| wire.hooked.replace(task) != Some(task));
            (poll, hook)
        });
        if hook {
            on_suspend(Arc::clone(self) as Arc<dyn Suspend>);
        }
        poll
    }

    pub(super) fn split(&self) {
        self.with(|wire| wire.is.split = true);
    }

    pub(super) fn detach(&self) {
        self.with(|wire| wire.is.detached = true);
    }

    /// Whether it is no longer its handler's.
    pub(crate) fn is_detached(&self) -> bool {
        self.wire.lock().is.detached
    }

    /// Its name, which is made when it is first asked for.
    pub(crate) fn name_with(&self, make: impl FnOnce() -> String) -> &str {
        self.extras.name_with(make)
    }

    pub(crate) fn proxied(&self) -> Option<&Proxied> {
        self.extras.proxied()
    }

    pub(crate) fn set_proxied(&self, proxied: Proxied) {
        self.extras.set_proxied(proxied);
    }

    /// What a handshake settled.
    pub(crate) fn secured(&self) -> Option<&Fact> {
        self.extras.secured()
    }

    pub(crate) fn set_secured(&self, facts: Fact) {
        self.extras.set_secured(facts);
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.terms.limits
    }

    /// Counts the connection under the address of whom a proxy speaks for. Whether there is room for it.
    pub(crate) fn count_under(&self, ip: IpAddr) -> bool {
        self.with(|wire| wire.trunk.as_mut().is_none_or(|trunk| trunk.permit.admit(ip).is_ok()))
    }

    /// Looks at what was read ahead; so many bytes of it are then taken off.
    pub(crate) fn look_ahead<R>(&self, look: impl FnOnce(&[u8]) -> (usize, R)) -> R {
        self.with(|wire| {
            let (taken, result) = look(&wire.input);
            wire.input.advance(taken);
            wire.begin_request();
            result
        })
    }

    /// Reads ahead, also while the server is stopping; `false` at the end of input.
    pub(crate) fn poll_ahead(&self, context: &mut Context<'_>) -> Poll<io::Result<bool>> {
        self.with(|wire| {
            ready!(wire.poll_fill(context))?;
            Poll::Ready(Ok(!wire.is.ended))
        })
    }

    /// Takes the io for a handshake, and what was read ahead with it.
    pub(crate) fn take_for_handshake(&self) -> Option<(Trunk, BytesMut)> {
        self.with(|wire| {
            let trunk = wire.trunk.take()?;
            wire.searched = 0;
            Some((trunk, std::mem::take(&mut wire.input)))
        })
    }

    /// Gives it back, secured.
    pub(crate) fn put_back(&self, trunk: Trunk) {
        self.with(|wire| wire.trunk = Some(trunk));
    }
}

/// Whoever drops it last closes the file before the permit is back.
impl Drop for Cell {
    fn drop(&mut self) {
        drop(self.take_trunk());
    }
}
