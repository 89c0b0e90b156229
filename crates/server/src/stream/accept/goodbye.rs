//! Closing a connection that nobody serves.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So much of what a client has sent already is read and thrown away.
const ROOM: usize = 4096;
const READS: usize = 16;

/// Closes a connection without serving it, and without waiting for its client.
///
/// What the client has sent by now is read first: closing over unread bytes would reset the connection, and the client would see
/// an error instead of the end.
pub(super) async fn goodbye(io: impl AsyncRead + AsyncWrite) {
    let mut io = pin!(io);
    // A new socket knows what it can do only after the runtime has asked the system once.
    tokio::task::yield_now().await;
    poll_fn(|context| {
        // As far as each of them gets at once.
        let _ = io.as_mut().poll_shutdown(context);
        let mut space = [0; ROOM];
        for _ in 0..READS {
            let mut buffer = ReadBuf::new(&mut space);
            match io.as_mut().poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                _ => break,
            }
        }
        Poll::Ready(())
    })
    .await;
}
