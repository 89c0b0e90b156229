//! The connection, as tungstenite reads and writes it.

use std::io::{self, ErrorKind, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll};

use greenroom_server::Connection;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::websocket::frame_watch::FrameWatch;

/// What has passed, for whoever minds the time.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Something has come since this was last taken.
    pub(super) heard: bool,
    /// Something was taken by the client, or by the system for it, since this was last taken.
    pub(super) wrote: bool,
    /// The connection takes no more for now: what is written waits.
    pub(super) blocked: bool,
    /// So many bytes have come since the last message was whole, without pings and pongs.
    pub(super) since_message: usize,
    pub(super) watch: FrameWatch,
}

impl Tally {
    pub(super) fn came(&mut self, bytes: &[u8]) {
        self.heard |= !bytes.is_empty();
        self.since_message = self.since_message.saturating_add(bytes.len());
        self.watch.look(bytes);
    }
}

/// A connection in the middle of a poll: what would have to wait is an error, and the task is woken when it need not.
pub(super) struct Wire<'a, 'b> {
    pub(super) conn: &'a mut Connection,
    pub(super) tally: &'a mut Tally,
    pub(super) context: &'a mut Context<'b>,
}

impl Read for Wire<'_, '_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let mut buffer = ReadBuf::new(bytes);
        match Pin::new(&mut *self.conn).poll_read(self.context, &mut buffer)? {
            Poll::Pending => Err(ErrorKind::WouldBlock.into()),
            Poll::Ready(()) => {
                self.tally.came(buffer.filled());
                Ok(buffer.filled().len())
            }
        }
    }
}

impl Write for Wire<'_, '_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match Pin::new(&mut *self.conn).poll_write(self.context, bytes)? {
            Poll::Ready(n) => {
                self.tally.wrote |= n > 0;
                Ok(n)
            }
            Poll::Pending => {
                self.tally.blocked = true;
                Err(ErrorKind::WouldBlock.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match Pin::new(&mut *self.conn).poll_flush(self.context)? {
            Poll::Ready(()) => Ok(()),
            Poll::Pending => {
                self.tally.blocked = true;
                Err(ErrorKind::WouldBlock.into())
            }
        }
    }
}
