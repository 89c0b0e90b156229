//! The io that the engine has: the connection, watched.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use greenroom_core::Alarm;
use greenroom_server::Connection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Instant;

use crate::life::Life;
use crate::settings::Http;
use crate::wire::frame_meter::FrameMeter;

/// A head and a body of so many bytes together are written as one: the system takes longer over two pieces than the copy does.
const SMALL: usize = 512;

/// A connection whose bytes are looked at on their way to the engine.
///
/// Under HTTP/1 the engine answers what it cannot understand by itself, with a bare status. That word is kept back: whoever
/// drives the connection finds it here, and says the same with a reason.
#[derive(Debug)]
pub(crate) struct Wire {
    /// `None` when it has been taken.
    conn: Option<Connection>,
    life: Arc<Life>,
    /// Under HTTP/2.
    meter: Option<FrameMeter>,
    refused: Option<u16>,
    /// Until when the end of input is kept back: the engine takes it for the end of the client.
    ended: Option<Instant>,
    patience: Duration,
    max_head: usize,
    alarm: Option<Alarm>,
}

impl Wire {
    pub(crate) fn http1(conn: Connection, life: Arc<Life>, http: &Http) -> Self {
        Self {
            conn: Some(conn),
            life,
            meter: None,
            refused: None,
            ended: None,
            patience: http.half_closed,
            max_head: http.max_head,
            alarm: None,
        }
    }

    pub(crate) fn http2(conn: Connection, life: Arc<Life>, http: &Http) -> Self {
        let mut wire = Self::http1(conn, life, http);
        wire.meter = Some(FrameMeter::new(http.max_control_frames));
        wire
    }

    /// The status that the engine refused the last head with.
    pub(crate) const fn refused(&self) -> Option<u16> {
        self.refused
    }

    pub(crate) fn into_connection(mut self) -> Option<Connection> {
        self.conn.take()
    }

    fn conn(&mut self) -> io::Result<Pin<&mut Connection>> {
        match &mut self.conn {
            Some(conn) => Ok(Pin::new(conn)),
            None => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// The client has finished sending. Ready when that is all it will do here: nothing is in flight for it, or its service has
    /// been at work for long enough.
    fn poll_ended(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let busy = self.life.is_busy();
        if self.meter.is_some() || !busy && !self.life.is_answering() {
            return Poll::Ready(());
        }
        self.life.wake_on_change(context);
        if !busy {
            return Poll::Pending;
        }
        let now = Instant::now();
        let due = *self.ended.get_or_insert_with(|| now + self.patience);
        if now >= due {
            return Poll::Ready(());
        }
        Alarm::ring_at(&mut self.alarm, due, context);
        Poll::Pending
    }

    fn written(&self, bytes: usize) {
        if self.meter.is_some() {
            self.life.write(bytes);
        }
    }

    /// Whether these are the engine's own words. They are remembered then.
    fn is_refusal(&mut self, bytes: &[u8]) -> bool {
        if self.refused.is_some() {
            return true;
        }
        // In the version that the last request was asked in.
        let &[b'H', b'T', b'T', b'P', b'/', b'1', b'.', _, b' ', b'4', tens, ones, ..] = bytes else {
            return false;
        };
        if self.meter.is_some() || !self.life.is_unanswered() {
            return false;
        }
        self.refused =
            Some(400 + u16::from(tens.wrapping_sub(b'0')) * 10 + u16::from(ones.wrapping_sub(b'0')));
        true
    }
}

/// Small pieces in one, if all of them fit.
fn gather(slices: &[IoSlice<'_>], into: &mut [u8; SMALL]) -> Option<usize> {
    let mut n = 0;
    for slice in slices {
        into.get_mut(n..n + slice.len())?.copy_from_slice(slice);
        n += slice.len();
    }
    Some(n)
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // The engine asks for more of a head, and has as much as it may have. It would keep a good deal more.
        if self.meter.is_none() && self.life.head_length() >= self.max_head {
            self.refused = Some(431);
            return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, "the head is too large")));
        }
        let before = buffer.filled().len();
        ready!(self.conn()?.poll_read(context, buffer))?;
        let this = &mut *self;
        if buffer.filled().len() == before {
            return this.poll_ended(context).map(Ok);
        }
        let come = &buffer.filled()[before..];
        let Some(meter) = &mut this.meter else {
            this.life.hear(come);
            return Poll::Ready(Ok(()));
        };
        if meter.look(come) {
            return Poll::Ready(Ok(()));
        }
        tracing::warn!(id = %this.life.facts.id, peer = %this.life.facts.peer, "disconnected: too many control frames");
        Poll::Ready(Err(io::Error::other("too many control frames")))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.is_refusal(bytes) {
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = ready!(self.conn()?.poll_write(context, bytes))?;
        self.written(written);
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.is_refusal(slices.first().map_or(&[], |slice| slice)) {
            return Poll::Ready(Ok(slices.iter().map(|slice| slice.len()).sum()));
        }
        let mut gathered = [0; SMALL];
        let written = match gather(slices, &mut gathered) {
            Some(n) => ready!(self.conn()?.poll_write(context, &gathered[..n]))?,
            None => ready!(self.conn()?.poll_write_vectored(context, slices))?,
        };
        self.written(written);
        Poll::Ready(Ok(written))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.conn()?.poll_flush(context))?;
        self.life.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.refused.is_some() {
            return Poll::Ready(Ok(()));
        }
        self.conn()?.poll_shutdown(context)
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        drop(self.conn.take());
        self.life.release();
    }
}
