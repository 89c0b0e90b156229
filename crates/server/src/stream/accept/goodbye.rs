//! Closing a connection that nobody serves.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use tokio::io::AsyncWrite;

/// Closes a connection without serving it, and without waiting for its client.
///
/// The end is said before the close: over bytes that nobody has read, closing alone would reset the connection, and the
/// client would see an error instead of the end.
pub(super) async fn goodbye(io: impl AsyncWrite) {
    let mut io = pin!(io);
    // As far as it gets at once.
    let _ = poll_fn(|context| Poll::Ready(io.as_mut().poll_shutdown(context))).await;
}
