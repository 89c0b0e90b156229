//! Writing: from the user towards the io.

use std::io::{self, IoSlice};
use std::task::{Context, Poll, ready};

use bytes::{Buf, BytesMut};
use tokio::io::AsyncWrite;

use crate::stream::connection::wire::Wire;

/// So many bytes of replies are gathered, then they are sent.
const GATHERED: usize = 64 * 1024;
/// A reply so long is not copied: it is sent together with what is before it.
const LONG: usize = 16 * 1024;
/// Room for a few replies, so that gathering them does not move them again and again.
const ROOM: usize = 2 * 1024;

impl Wire {
    /// Takes a reply, whole: from here on it is sent even if the caller goes away. Waits only for what is before it, and only
    /// when that is too much.
    pub(super) fn poll_gather(&mut self, context: &mut Context<'_>, reply: &[&[u8]]) -> Poll<io::Result<()>> {
        self.take_fault()?;
        self.io()?;
        let length: usize = reply.iter().map(|part| part.len()).sum();
        if !self.output.is_empty() && self.output.len() + length > GATHERED {
            ready!(self.poll_output(context))?;
        }
        let sent = if length >= LONG { self.send_long(context, reply)? } else { 0 };
        if self.output.capacity() == 0 {
            self.output.reserve((length - sent).max(ROOM));
        }
        let mut skipped = sent;
        for part in reply {
            let skip = skipped.min(part.len());
            self.output.extend_from_slice(&part[skip..]);
            skipped -= skip;
        }
        Poll::Ready(Ok(()))
    }

    /// How much of a long reply the io takes at once, after all that is before it.
    fn send_long(&mut self, context: &mut Context<'_>, reply: &[&[u8]]) -> io::Result<usize> {
        if !self.io()?.is_write_vectored() || self.poll_output(context)?.is_pending() {
            return Ok(0);
        }
        let slices: Vec<_> = reply.iter().map(|part| IoSlice::new(part)).collect();
        match self.poll_io_write(context, &slices)? {
            Poll::Ready(n) => Ok(n),
            Poll::Pending => Ok(0),
        }
    }

    /// Writes the user's bytes through, after what was gathered.
    pub(super) fn poll_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.take_fault()?;
        ready!(self.poll_output(context))?;
        let poll = self.poll_io_write(context, slices);
        if poll.is_pending() {
            return self.poll_blocked(context).map(Err);
        }
        if self.is.unflushed {
            // It may gather on its own. What it cannot send now goes with the next read or write.
            let _ = self.poll_output(context);
        }
        poll
    }

    fn poll_io_write(
        &mut self,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let io = self.io()?;
        let gathers = !io.closes_by_drop();
        // A plain write costs the system less than one of several pieces.
        let poll = match slices {
            [one] => io.poll_write(context, one),
            many => io.poll_write_vectored(context, many),
        };
        match &poll {
            Poll::Ready(Ok(n)) if *n > 0 => {
                self.is.unflushed |= gathers;
                if let Some(watch) = &mut self.watch {
                    watch.sent();
                }
            }
            Poll::Ready(_) => {}
            Poll::Pending => self.keep_writer(context),
        }
        poll
    }

    /// Sends what is gathered.
    pub(super) fn poll_output(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.output.is_empty() {
            let output = std::mem::take(&mut self.output);
            let poll = match self.trunk {
                Some(_) => self.poll_io_write(context, &[IoSlice::new(&output)]),
                None => return Poll::Ready(Ok(())),
            };
            self.output = output;
            match poll {
                Poll::Ready(Ok(0)) => return self.give_up(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(n)) => self.output.advance(n),
                Poll::Ready(Err(error)) => return self.give_up(error),
                Poll::Pending => return self.poll_blocked(context).map(Err),
            }
        }
        if self.output.capacity() > 0 {
            self.output = BytesMut::new();
        }
        if self.is.unflushed {
            let poll = self.io()?.poll_flush(context);
            if poll.is_pending() {
                self.keep_writer(context);
                return self.poll_blocked(context).map(Err);
            }
            self.is.unflushed = false;
            return poll;
        }
        Poll::Ready(Ok(()))
    }

    /// The rest can never be sent.
    fn give_up(&mut self, error: io::Error) -> Poll<io::Result<()>> {
        self.output = BytesMut::new();
        self.is.unflushed = false;
        Poll::Ready(Err(error))
    }

    pub(super) fn poll_shutdown(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.is.shut {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_output(context))?;
        let poll = self.io()?.poll_shutdown(context);
        if poll.is_pending() {
            self.keep_writer(context);
            return self.poll_blocked(context).map(Err);
        }
        self.is.shut = true;
        poll
    }
}
