//! What lies between the io and the user: bytes read ahead, replies gathered, and who waits.
//!
//! Invariants:
//! 1. `trunk` is there until the connection is closed. Without it every read and write fails, at once.
//! 2. Bytes leave `input` only towards the user. No future owns bytes that were read, so dropping one loses nothing.
//! 3. A reply is in `output` or written as a whole: nothing else is written before `output` is empty.
//! 4. `input` and `output` own no memory while the connection waits with nothing in them.
//! 5. One reader and one writer wait at a time (the halves are not `Clone`), so one waker each is enough. Whoever sends on the
//!    side, a reader that waits or the hook of a task, sees to it that the writer is woken as well: the io remembers only one.
//! 6. While `output` holds anything, somebody is bound to send it: a writer that waits, the hook of a task (`hooked`), what
//!    goes on beside when that task is over, or, at the end, the closing.
//! 7. When the trunk is gone, `reader` and `writer` are those who wait for the closing: the task that serves, and what closes
//!    beside it.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use bytes::BytesMut;
use greenroom_core::TaskId;

use crate::deadline::Watch;
use crate::limit::Permit;
use crate::stream::connection::both::Both;
use crate::stream::connection::close::Closing;
use crate::stream::connection::io::Io;

pub(super) struct Wire {
    pub(super) trunk: Option<Trunk>,
    pub(super) input: BytesMut,
    /// So many bytes of `input` are known to hold no end of line.
    pub(super) searched: usize,
    pub(super) output: BytesMut,
    /// What sending failed with while nobody waited for it.
    pub(super) fault: Option<io::Error>,
    pub(super) reader: Option<Waker>,
    pub(super) writer: Option<Waker>,
    /// Replaced wakers, to be dropped after unlocking (with a waker may go a task, and with the task this connection), and to
    /// be woken.
    pub(super) stale: [Option<Waker>; 2],
    /// The task whose suspension sends what is gathered.
    pub(super) hooked: Option<TaskId>,
    pub(super) watch: Option<Box<Watch>>,
    pub(super) closing: Option<Closing>,
    pub(super) is: Is,
}

/// The io, and the permit that is given back after it is closed: in this order.
pub(crate) struct Trunk {
    pub(crate) io: Io,
    pub(crate) permit: Permit,
}

/// What has come to pass.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Is {
    /// The peer has finished sending.
    pub(super) ended: bool,
    /// Our side has finished sending.
    pub(super) shut: bool,
    /// Something written may lie in a buffer of the io.
    pub(super) unflushed: bool,
    /// Something has come.
    pub(super) heard: bool,
    /// A codec has taken the beginning of a frame.
    pub(super) begun: bool,
    /// A task has been made that closes it.
    pub(super) beside: bool,
    /// Its closing has begun, and is not over.
    pub(super) closing: bool,
    pub(super) last_call: LastCall,
    /// A half that reads is alive, apart from the one that writes.
    pub(super) split: bool,
    /// Nobody writes any more.
    pub(super) unwritten: bool,
    /// Bytes came that nobody will read.
    pub(super) refused: bool,
    /// It belongs to whoever has it, not to its handler.
    pub(super) detached: bool,
}

/// The server is stopping: what had come by then is still read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum LastCall {
    #[default]
    Not,
    /// Nothing was there. The reactor may not have told of it yet, and has a turn.
    Given,
    Over,
}

impl Is {
    /// Whether nobody has it any more: not the connection, and neither of its halves.
    pub(super) const fn abandoned(self) -> bool {
        self.unwritten && !self.split
    }
}

impl Wire {
    pub(super) fn new(trunk: Trunk, watch: Option<Box<Watch>>) -> Self {
        Self {
            trunk: Some(trunk),
            input: BytesMut::new(),
            searched: 0,
            output: BytesMut::new(),
            fault: None,
            reader: None,
            writer: None,
            stale: [None, None],
            hooked: None,
            watch,
            closing: None,
            is: Is::default(),
        }
    }

    pub(super) fn io(&mut self) -> io::Result<Pin<&mut Io>> {
        match &mut self.trunk {
            Some(trunk) => Ok(Pin::new(&mut trunk.io)),
            None => Err(io::Error::new(
                io::ErrorKind::NotConnected,
                "the connection is closed: its handler has returned or was killed",
            )),
        }
    }

    /// An error that was met while nobody waited.
    pub(super) fn take_fault(&mut self) -> io::Result<()> {
        self.fault.take().map_or(Ok(()), Err)
    }

    /// Remembers whom to wake should the io be taken away.
    pub(super) fn keep_reader(&mut self, context: &Context<'_>) {
        keep(&mut self.reader, &mut self.stale[0], context);
    }

    /// Remembers who waits to write, or that it waits no more. Another one that it finds there is woken, to see what is left to
    /// do.
    pub(super) fn note_writer(&mut self, waits: bool, context: &Context<'_>) {
        if self.is_awaited_by_another(context) {
            self.stale[1] = self.writer.take();
        }
        if waits {
            keep(&mut self.writer, &mut self.stale[0], context);
        } else if self.writer.is_some() {
            self.stale[0] = self.writer.take();
        }
    }

    /// Whether a writer waits, and it is somebody else.
    pub(super) fn is_awaited_by_another(&self, context: &Context<'_>) -> bool {
        self.writer.as_ref().is_some_and(|waker| !waker.will_wake(context.waker()))
    }

    /// Sends what is gathered, for somebody who waits for something else. A writer that waits is woken as before.
    pub(super) fn poll_output_aside(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &self.writer {
            Some(writer) if self.owes() && !writer.will_wake(context.waker()) => {
                let both = Both::of(writer, context.waker());
                self.poll_output(&mut Context::from_waker(&both))
            }
            _ => self.poll_output(context),
        }
    }

    /// Whether something was accepted for sending and is not sent.
    pub(super) fn owes(&self) -> bool {
        !self.output.is_empty() || self.is.unflushed
    }

    /// Whether no message has begun.
    pub(super) fn is_between(&self) -> bool {
        self.input.is_empty() && !self.is.begun
    }

    /// Sending went wrong, and nobody waited: the next to read or write learns of it.
    pub(super) fn note_fault(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.fault = Some(error);
        }
    }

    /// It waits for input: ready when a deadline has passed.
    pub(super) fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let begun = !self.is_between();
        match &mut self.watch {
            Some(watch) => watch.poll_waiting(begun, context).map(io::Error::from),
            None => Poll::Pending,
        }
    }

    /// It waits for the peer to take something: ready when a deadline has passed.
    pub(super) fn poll_blocked(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        match &mut self.watch {
            Some(watch) => watch.poll_blocked(context).map(io::Error::from),
            None => Poll::Pending,
        }
    }
}

/// Puts the waker into the slot. The one that it replaces, if any, was put there by another poll: it is stale.
fn keep(slot: &mut Option<Waker>, stale: &mut Option<Waker>, context: &Context<'_>) {
    if !slot.as_ref().is_some_and(|waker| waker.will_wake(context.waker())) {
        *stale = slot.replace(context.waker().clone());
    }
}

#[cfg(test)]
mod tests {
    use super::{Io, Is, Trunk, Wire};

    #[test]
    fn a_wire_stays_small() {
        let (wire, trunk, io, is) = (size_of::<Wire>(), size_of::<Trunk>(), size_of::<Io>(), size_of::<Is>());
        assert!(
            wire <= WIRE,
            "more than {WIRE} bytes: wire {wire}, in it trunk {trunk}, io {io}, flags {is}"
        );
    }

    /// With the io of a socket inline.
    const WIRE: usize = 264;
}
