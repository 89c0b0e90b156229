//! What a connection and its halves, the reader of its lines, and the task that serves it share.
//!
//! Invariants:
//! 1. `io` is there until the serving task takes it out (`take_io`); afterwards every read and write fails, at once.
//! 2. Bytes leave `input` only towards the user. No future owns bytes that were read, so dropping one loses nothing.
//! 3. A reply is in `output` or written as a whole: nothing else is written before `output` is empty.
//! 4. `input` and `output` own no memory while the connection waits with nothing in them.
//! 5. One reader and one writer wait at a time (the halves are not `Clone`), so one waker each is enough.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::address::SockAddr;
use crate::stop::StopSignal;
use crate::stream::connection::id::ConnectionId;
use crate::stream::connection::io::Io;
use crate::stream::connection::line::LineError;
use crate::sync::Mutex;

/// How much one read takes at most. It lies on the stack, so that an idle connection holds no buffer.
const CHUNK: usize = 16 * 1024;

/// One allocation per connection.
pub(crate) struct Cell {
    pub(crate) id: ConnectionId,
    pub(crate) peer: SockAddr,
    /// The address of the listener it came through.
    listener: SockAddr,
    wire: Mutex<Wire>,
    /// Apart from the wire, so that neither lock is held under the other.
    stop: Mutex<StopSignal>,
}

/// Its lock is held while the io is polled, as it must be; it is this connection's alone. Replaced wakers are dropped
/// after unlocking: with a waker may go a task, and with the task this connection.
struct Wire {
    io: Option<Io>,
    input: BytesMut,
    /// So many bytes of `input` are known to hold no end of line.
    searched: usize,
    /// The peer has finished sending.
    ended: bool,
    output: BytesMut,
    /// Our side has finished sending.
    shut: bool,
    /// The io was taken away by the user.
    detached: bool,
    reader: Option<Waker>,
    writer: Option<Waker>,
    /// A replaced waker. One poll replaces at most one: it is a reader's or a writer's.
    stale: Option<Waker>,
}

impl Cell {
    pub(crate) fn new(
        id: ConnectionId,
        io: Io,
        peer: SockAddr,
        listener: SockAddr,
        stop: StopSignal,
    ) -> Self {
        let wire = Wire {
            io: Some(io),
            input: BytesMut::new(),
            searched: 0,
            ended: false,
            output: BytesMut::new(),
            shut: false,
            detached: false,
            reader: None,
            writer: None,
            stale: None,
        };
        Self { id, peer, listener, wire: Mutex::new(wire), stop: Mutex::new(stop) }
    }

    pub(crate) fn local_addr(&self) -> SockAddr {
        self.wire.lock().io.as_ref().and_then(Io::local_addr).unwrap_or_else(|| self.listener.clone())
    }

    pub(crate) fn stop_signal(&self) -> StopSignal {
        self.stop.lock().clone()
    }

    /// The next line without its end; `None` at the end of input, or when stopping with nothing begun.
    pub(crate) fn poll_line(
        &self,
        limit: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Bytes>>> {
        let begun = self.with(|wire| {
            loop {
                if let Some(line) = wire.cut_line(limit)? {
                    return Ok(Input::Line(Some(line)));
                }
                if wire.ended {
                    return Ok(Input::Line(wire.take_rest()));
                }
                if wire.poll_fill(context)?.is_pending() {
                    return Ok(if wire.input.is_empty() { Input::Nothing } else { Input::Part });
                }
            }
        });
        match begun {
            Ok(Input::Line(line)) => Poll::Ready(Ok(line)),
            Ok(Input::Nothing) => self.stop.lock().poll_stopped(context).map(|()| Ok(None)),
            Ok(Input::Part) => Poll::Pending,
            Err(error) => Poll::Ready(Err(error)),
        }
    }

    pub(crate) fn poll_read(
        &self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.with(|wire| {
            if !wire.input.is_empty() {
                let n = buffer.remaining().min(wire.input.len());
                buffer.put_slice(&wire.input[..n]);
                wire.input.advance(n);
                wire.searched = wire.searched.saturating_sub(n);
                return Poll::Ready(Ok(()));
            }
            if wire.ended {
                return Poll::Ready(Ok(()));
            }
            let before = buffer.filled().len();
            let poll = wire.io()?.poll_read(context, buffer);
            match &poll {
                Poll::Ready(Ok(())) => wire.ended = buffer.remaining() > 0 && buffer.filled().len() == before,
                Poll::Ready(Err(_)) => {}
                Poll::Pending => wire.keep_reader(context),
            }
            poll
        })
    }

    pub(crate) fn poll_write(
        &self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.with(|wire| {
            ready!(wire.poll_output(context))?;
            let poll = wire.io()?.poll_write_vectored(context, slices);
            if poll.is_pending() {
                wire.keep_writer(context);
            }
            poll
        })
    }

    pub(crate) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|wire| {
            ready!(wire.poll_output(context))?;
            let poll = wire.io()?.poll_flush(context);
            if poll.is_pending() {
                wire.keep_writer(context);
            }
            poll
        })
    }

    pub(crate) fn poll_shutdown(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.with(|wire| {
            if wire.shut {
                return Poll::Ready(Ok(()));
            }
            ready!(wire.poll_output(context))?;
            let poll = wire.io()?.poll_shutdown(context);
            match poll {
                Poll::Ready(_) => wire.shut = true,
                Poll::Pending => wire.keep_writer(context),
            }
            poll
        })
    }

    /// Takes a reply, whole: from here on it is sent even if the caller goes away. Waits only for what is before it.
    pub(crate) fn poll_reply(&self, context: &mut Context<'_>, reply: [&[u8]; 2]) -> Poll<io::Result<()>> {
        self.with(|wire| {
            ready!(wire.poll_output(context))?;
            let mut written = 0;
            if wire.io()?.is_write_vectored() {
                let slices = reply.map(IoSlice::new);
                match wire.io()?.poll_write_vectored(context, &slices) {
                    Poll::Ready(result) => written = result?,
                    Poll::Pending => wire.keep_writer(context),
                }
            }
            for part in reply {
                let skipped = written.min(part.len());
                wire.output.extend_from_slice(&part[skipped..]);
                written -= skipped;
            }
            Poll::Ready(Ok(()))
        })
    }

    fn with<R>(&self, act: impl FnOnce(&mut Wire) -> R) -> R {
        let mut wire = self.wire.lock();
        let result = act(&mut wire);
        let stale = wire.stale.take();
        drop(wire);
        drop(stale);
        result
    }

    /// The last writer is gone: finish sending now, as far as that goes without waiting.
    pub(crate) fn finish(&self) {
        let mut context = Context::from_waker(Waker::noop());
        // What is left of it, the serving task does.
        let _ = self.poll_shutdown(&mut context);
    }

    /// Takes the io away from the connection, wherever it is by now, and wakes who waits on it.
    pub(crate) fn take_io(&self) -> Option<Unfinished> {
        let mut wire = self.wire.lock();
        let io = wire.io.take();
        let output = std::mem::take(&mut wire.output).freeze();
        let unread = !std::mem::take(&mut wire.input).is_empty();
        let (ended, shut) = (wire.ended, wire.shut);
        let waiting = [wire.reader.take(), wire.writer.take()];
        drop(wire);
        waiting.into_iter().flatten().for_each(Waker::wake);
        io.map(|io| Unfinished { io, output, unread, ended, shut })
    }
}

impl Cell {
    /// Takes the io away for good, with what was read and not used, and what was to be sent. `None` if it is gone.
    pub(super) fn detach(&self) -> Option<(Io, BytesMut, BytesMut)> {
        let mut wire = self.wire.lock();
        let io = wire.io.take()?;
        wire.detached = true;
        Some((io, std::mem::take(&mut wire.input), std::mem::take(&mut wire.output)))
    }

    pub(super) fn closed() -> io::Error {
        let why = "the connection is closed: its handler has returned or was killed";
        io::Error::new(io::ErrorKind::NotConnected, why)
    }

    pub(crate) fn is_detached(&self) -> bool {
        self.wire.lock().detached
    }
}

/// What is left of a connection for the serving task to close.
pub(crate) struct Unfinished {
    pub(crate) io: Io,
    pub(crate) output: Bytes,
    /// Bytes were read that nobody wanted.
    pub(crate) unread: bool,
    pub(crate) ended: bool,
    pub(crate) shut: bool,
}

impl Wire {
    fn io(&mut self) -> io::Result<Pin<&mut Io>> {
        match &mut self.io {
            Some(io) => Ok(Pin::new(io)),
            None => Err(Cell::closed()),
        }
    }

    /// Cuts the first line off `input`, if it is there.
    fn cut_line(&mut self, limit: usize) -> Result<Option<Bytes>, LineError> {
        let Some(found) = self.input[self.searched..].iter().position(|byte| *byte == b'\n') else {
            self.searched = self.input.len();
            // A carriage return may yet turn out to belong to the end of the line.
            let length = self.input.len() - usize::from(self.input.ends_with(b"\r"));
            return if length > limit { Err(LineError::TooLong { limit }) } else { Ok(None) };
        };
        let end = self.searched + found;
        let length = if end > 0 && self.input[end - 1] == b'\r' { end - 1 } else { end };
        if length > limit {
            return Err(LineError::TooLong { limit });
        }
        let mut line = self.input.split_to(end + 1);
        line.truncate(length);
        self.searched = 0;
        Ok(Some(line.freeze()))
    }

    /// What came after the last end of line.
    fn take_rest(&mut self) -> Option<Bytes> {
        self.searched = 0;
        let rest = std::mem::take(&mut self.input).freeze();
        (!rest.is_empty()).then_some(rest)
    }

    fn poll_fill(&mut self, context: &mut Context<'_>) -> io::Result<Poll<()>> {
        let mut chunk = [const { MaybeUninit::uninit() }; CHUNK];
        let mut chunk = ReadBuf::uninit(&mut chunk);
        match self.io()?.poll_read(context, &mut chunk)? {
            Poll::Ready(()) => {
                self.ended = chunk.filled().is_empty();
                self.input.extend_from_slice(chunk.filled());
                Ok(Poll::Ready(()))
            }
            Poll::Pending => {
                if self.input.is_empty() {
                    // Lets go of the chunk that the lines read from it share.
                    self.input = BytesMut::new();
                }
                self.keep_reader(context);
                Ok(Poll::Pending)
            }
        }
    }

    /// Remembers whom to wake should the io be taken away.
    fn keep_reader(&mut self, context: &Context<'_>) {
        self.stale = keep(&mut self.reader, context);
    }

    fn keep_writer(&mut self, context: &Context<'_>) {
        // Called a second time in one poll, it replaces nothing.
        self.stale = keep(&mut self.writer, context).or_else(|| self.stale.take());
    }

    fn poll_output(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            let Some(io) = &mut self.io else { break };
            match Pin::new(io).poll_write(context, &self.output) {
                Poll::Ready(Ok(0)) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Poll::Ready(Ok(n)) => self.output.advance(n),
                Poll::Ready(Err(error)) => {
                    // The rest can never be sent.
                    self.output = BytesMut::new();
                    return Poll::Ready(Err(error));
                }
                Poll::Pending => {
                    self.keep_writer(context);
                    return Poll::Pending;
                }
            }
        }
        self.output = BytesMut::new();
        Poll::Ready(Ok(()))
    }
}

/// How far the input has come when it is read as lines.
enum Input {
    /// A line, or the end.
    Line(Option<Bytes>),
    Part,
    Nothing,
}

/// Puts the waker into the slot; gives back the one it replaces.
fn keep(slot: &mut Option<Waker>, context: &Context<'_>) -> Option<Waker> {
    match slot {
        Some(waker) if waker.will_wake(context.waker()) => None,
        slot => slot.replace(context.waker().clone()),
    }
}
