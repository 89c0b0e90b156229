//! Closing a connection well: what was written arrives, also when the peer was still sending.
//!
//! Most connections have nothing left to do, and are closed at once, wherever the last handle is dropped. What cannot be done
//! without waiting is a future that lies in the cell, to be polled by the task that serves the connection, at its end, or by one
//! beside it, while the handler goes on.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use crate::chunk::Buffer;
use crate::stream::connection::cell::Cell;
use crate::stream::connection::io::Io;
use crate::stream::connection::wire::{Is, Trunk, Wire};

/// A peer that does not read may hold a finished connection so long. Together with the next it is less than what the
/// killed have for their clean-ups.
const FLUSH_WITHIN: Duration = Duration::from_secs(2);
/// A peer that goes on sending may hold a finished connection so long.
const LINGER_WITHIN: Duration = Duration::from_millis(500);
/// No more than this is read from it.
const LINGER_BYTES: usize = 1024 * 1024;

/// The rest of a closing.
pub(super) type Closing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Closes a connection; ready when it is closed, and its permit is back. From its first poll every read and write fails.
pub(super) struct Closed {
    cell: Arc<Cell>,
    closer: Closer,
}

/// Who waits for a connection to be closed. There may be one of each; whoever is polled goes on with it, and tells the other.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Closer {
    /// The task that serves it, at its end.
    Own,
    /// A task for the closing alone.
    Beside,
}

impl Closed {
    pub(super) fn new(cell: &Arc<Cell>, closer: Closer) -> Self {
        Self { cell: Arc::clone(cell), closer }
    }
}

impl Future for Closed {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.cell.poll_closed(self.closer, context)
    }
}

impl Cell {
    /// Goes on closing, from wherever it is.
    pub(crate) fn poll_closed(&self, closer: Closer, context: &mut Context<'_>) -> Poll<()> {
        if self.close_at_once(context) {
            return Poll::Ready(());
        }
        let (closing, waiting, over) = self.with(|wire| {
            let (unfinished, waiting) = wire.take_unfinished();
            let closing = wire.closing.take().or_else(|| unfinished.map(finish));
            wire.keep_closer(closer, context);
            (closing, waiting, !wire.is.closing)
        });
        waiting.into_iter().flatten().for_each(Waker::wake);
        let Some(mut closing) = closing else {
            // Or the other one is at it just now, and tells when it is over.
            return if over { Poll::Ready(()) } else { Poll::Pending };
        };
        // Not under the lock: it is the io's own code, and may take its time.
        let poll = closing.as_mut().poll(context);
        if poll.is_pending() {
            let cut_off = self.with(|wire| {
                if !wire.is.closing {
                    return Some(closing);
                }
                wire.closing = Some(closing);
                None
            });
            return if cut_off.is_some() { Poll::Ready(()) } else { Poll::Pending };
        }
        drop(closing);
        let waiting = self.with(|wire| {
            wire.is.closing = false;
            wire.take_waiting()
        });
        waiting.into_iter().flatten().for_each(Waker::wake);
        Poll::Ready(())
    }

    /// Closes it if that needs no waiting. Whether it is closed.
    pub(super) fn close_at_once(&self, context: &mut Context<'_>) -> bool {
        let (trunk, waiting, closed) = self.with(|wire| {
            if wire.trunk.is_none() {
                return (None, [None, None], !wire.is.closing);
            }
            if !wire.is_finished(context) {
                return (None, [None, None], false);
            }
            (wire.trunk.take(), wire.take_waiting(), true)
        });
        waiting.into_iter().flatten().for_each(Waker::wake);
        drop(trunk);
        closed
    }

    /// Takes the io away, finished or not.
    pub(crate) fn take_trunk(&self) -> Option<Trunk> {
        let (trunk, closing, waiting) = self.with(|wire| {
            wire.is.closing = false;
            (wire.trunk.take(), wire.closing.take(), wire.take_waiting())
        });
        drop(closing);
        waiting.into_iter().flatten().for_each(Waker::wake);
        trunk
    }
}

impl Wire {
    fn take_waiting(&mut self) -> [Option<Waker>; 2] {
        [self.reader.take(), self.writer.take()]
    }

    /// Whether nothing is left but to close the file. What can be done towards that without waiting is done.
    fn is_finished(&mut self, context: &mut Context<'_>) -> bool {
        let by_drop = self.trunk.as_ref().is_some_and(|trunk| trunk.io.closes_by_drop());
        let sent = if by_drop { self.poll_output(context) } else { self.poll_shutdown(context) };
        match sent {
            Poll::Ready(Ok(())) => {}
            // The peer is gone, or as good as gone: there is nobody to linger for.
            Poll::Ready(Err(_)) => return true,
            Poll::Pending => return false,
        }
        // A socket closed with bytes unread resets the connection, and our last words may be lost with it.
        self.is.refused |= !self.input.is_empty();
        if !self.is.ended && !self.is.refused {
            let mut buffer = Buffer::take();
            let mut filling = ReadBuf::new(&mut buffer);
            if let Ok(io) = self.io()
                && let Poll::Ready(Ok(())) = io.poll_read(context, &mut filling)
            {
                self.is.refused = !filling.filled().is_empty();
                self.is.ended = !self.is.refused;
            }
        }
        self.is.ended || !self.is.refused
    }

    fn keep_closer(&mut self, closer: Closer, context: &Context<'_>) {
        match closer {
            Closer::Own => self.keep_reader(context),
            Closer::Beside => self.note_writer(true, context),
        }
    }

    /// What is left, if the closing has not begun, and who waits in vain for input or output.
    fn take_unfinished(&mut self) -> (Option<Unfinished>, [Option<Waker>; 2]) {
        let Some(trunk) = self.trunk.take() else { return (None, [None, None]) };
        self.is.closing = true;
        let output = std::mem::take(&mut self.output).freeze();
        drop(self.take_rest());
        let Is { refused, ended, shut, .. } = self.is;
        (Some(Unfinished { trunk, output, refused, ended, shut }), self.take_waiting())
    }
}

/// What is left of a connection.
struct Unfinished {
    trunk: Trunk,
    output: Bytes,
    refused: bool,
    ended: bool,
    shut: bool,
}

fn finish(unfinished: Unfinished) -> Closing {
    Box::pin(async move {
        let Unfinished { mut trunk, output, refused, ended, shut } = unfinished;
        let io = &mut trunk.io;
        if !shut {
            let finished = async {
                io.write_all(&output).await?;
                io.shutdown().await
            };
            if !matches!(tokio::time::timeout(FLUSH_WITHIN, finished).await, Ok(Ok(()))) {
                return;
            }
        }
        if !ended {
            let _ = tokio::time::timeout(LINGER_WITHIN, linger(io, refused)).await;
        }
    })
}

/// Reads and forgets until the peer has finished. If it has sent nothing that nobody read, there is nothing to wait for.
async fn linger(io: &mut Io, mut refused: bool) -> io::Result<()> {
    let mut forgotten = 0;
    while forgotten < LINGER_BYTES {
        let n = poll_fn(|context| {
            let mut buffer = Buffer::take();
            let mut filling = ReadBuf::new(&mut buffer);
            match Pin::new(&mut *io).poll_read(context, &mut filling) {
                Poll::Pending if !refused => Poll::Ready(Ok(0)),
                poll => poll.map_ok(|()| filling.filled().len()),
            }
        })
        .await?;
        if n == 0 {
            break;
        }
        refused = true;
        forgotten += n;
    }
    Ok(())
}
