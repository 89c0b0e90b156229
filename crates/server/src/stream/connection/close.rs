//! Closing a connection well: what was written arrives, also when the peer was still sending.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWriteExt, ReadBuf};

use crate::stream::connection::cell::{Cell, Unfinished};
use crate::stream::connection::io::Io;

/// A peer that does not read may hold a finished connection so long. Together with the next it is less than what the
/// killed have for their clean-ups.
const FLUSH_WITHIN: Duration = Duration::from_secs(2);
/// A peer that goes on sending may hold a finished connection so long.
const LINGER_WITHIN: Duration = Duration::from_millis(500);
/// No more than this is read from it.
const LINGER_BYTES: usize = 1024 * 1024;

/// Closes the connection of a handler that has ended, wherever its halves are.
pub(crate) async fn close(cell: &Cell) {
    let Some(Unfinished { mut io, output, unread, ended, shut }) = cell.take_io() else { return };
    if !shut {
        let finished = async {
            io.write_all(&output).await?;
            io.shutdown().await
        };
        if !matches!(tokio::time::timeout(FLUSH_WITHIN, finished).await, Ok(Ok(()))) {
            // The peer is gone, or as good as gone: there is nobody to linger for.
            return;
        }
    }
    if !ended {
        // A socket closed with bytes unread resets the connection, and our last words may be lost with it.
        let _ = tokio::time::timeout(LINGER_WITHIN, linger(&mut io, unread)).await;
    }
}

/// Reads and forgets until the peer has finished. If it has sent nothing that nobody read, there is nothing to wait for.
async fn linger(io: &mut Io, mut unread: bool) -> io::Result<()> {
    let mut forgotten = 0;
    while forgotten < LINGER_BYTES {
        let n = poll_fn(|context| {
            let mut chunk = [const { MaybeUninit::uninit() }; 4096];
            let mut chunk = ReadBuf::uninit(&mut chunk);
            match Pin::new(&mut *io).poll_read(context, &mut chunk) {
                Poll::Pending if !unread => Poll::Ready(Ok(0)),
                poll => poll.map_ok(|()| chunk.filled().len()),
            }
        })
        .await?;
        if n == 0 {
            break;
        }
        unread = true;
        forgotten += n;
    }
    Ok(())
}
