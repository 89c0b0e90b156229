//! Reading: from the io towards the user.

use std::io;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::chunk::{Buffer, Chunk};
use crate::stream::connection::line::LineError;
use crate::stream::connection::wire::Wire;

impl Wire {
    /// Reads from the io. Where it must wait for that, it sends what is gathered first: the peer may wait for it in turn.
    fn poll_io(&mut self, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let (before, wanted) = (buffer.filled().len(), buffer.remaining() > 0);
        match self.io()?.poll_read(context, buffer) {
            Poll::Ready(result) => {
                result?;
                self.is.ended = wanted && buffer.filled().len() == before;
                self.is.heard = true;
                if let Some(watch) = &mut self.watch {
                    watch.heard();
                }
                Poll::Ready(Ok(()))
            }
            Poll::Pending => {
                self.keep_reader(context);
                self.answer_what_was_read(context)?;
                if let Poll::Ready(Err(error)) = self.poll_output_aside(context) {
                    return Poll::Ready(Err(error));
                }
                self.poll_waiting(context).map(Err)
            }
        }
    }

    /// Reading may have something to say in turn, of its own: TLS answers key updates and what it refuses.
    fn answer_what_was_read(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.trunk.as_ref().is_some_and(|trunk| !trunk.io.closes_by_drop()) && !self.is.unflushed {
            match self.io()?.poll_flush(context) {
                Poll::Ready(result) => result?,
                Poll::Pending => self.is.unflushed = true,
            }
        }
        Ok(())
    }

    /// Reads into the user's own memory.
    pub(super) fn poll_read(
        &mut self,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.take_fault()?;
        if !self.input.is_empty() {
            let n = buffer.remaining().min(self.input.len());
            buffer.put_slice(&self.input[..n]);
            self.input.advance(n);
            let searched = self.searched.saturating_sub(n);
            self.begin_request();
            self.searched = searched;
            return Poll::Ready(Ok(()));
        }
        if self.is.ended {
            return Poll::Ready(Ok(()));
        }
        self.poll_io(context, buffer)
    }

    /// Reads a chunk; `None` at the end of input.
    pub(super) fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Chunk>>> {
        self.take_fault()?;
        if let Some(rest) = self.take_rest() {
            return Poll::Ready(Ok(Some(rest.into())));
        }
        if self.is.ended {
            return Poll::Ready(Ok(None));
        }
        let mut buffer = Buffer::take();
        let mut filling = ReadBuf::new(&mut buffer);
        ready!(self.poll_io(context, &mut filling))?;
        let end = filling.filled().len();
        Poll::Ready(Ok((end > 0).then(|| Chunk::pooled(buffer, end))))
    }

    /// Reads more behind what is there.
    pub(super) fn poll_fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut buffer = Buffer::take();
        let mut filling = ReadBuf::new(&mut buffer);
        ready!(self.poll_io(context, &mut filling))?;
        self.input.extend_from_slice(filling.filled());
        Poll::Ready(Ok(()))
    }

    /// Cuts the first line off, if it is there.
    pub(super) fn cut_line(&mut self, limit: usize) -> Result<Option<Bytes>, LineError> {
        let Some(found) = memchr(b'\n', &self.input[self.searched..]) else {
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
        self.begin_request();
        Ok(Some(line.freeze()))
    }

    /// All that was read ahead.
    pub(super) fn take_rest(&mut self) -> Option<Bytes> {
        if self.input.is_empty() {
            return None;
        }
        let rest = std::mem::take(&mut self.input).freeze();
        self.begin_request();
        Some(rest)
    }

    /// What was read as one request is with the user: the next begins.
    pub(super) fn begin_request(&mut self) {
        self.searched = 0;
        self.is.begun = false;
        if let Some(watch) = &mut self.watch {
            watch.whole();
        }
        self.release_input();
    }

    /// Lets go of memory that nothing is left in, and of the chunk that the lines cut off it share.
    fn release_input(&mut self) {
        if self.input.is_empty() {
            self.input = BytesMut::new();
        }
    }
}
