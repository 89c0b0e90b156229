//! Streams that count what is asked of them.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use greenroom_server::{Handler, ListenerExt, ServerHandle, StreamServer};
use greenroom_testkit::{ScriptedListener, Stagehand};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What was asked of all the streams that share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counts(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    /// Polls for reading.
    reads: AtomicUsize,
    /// Writes that took something.
    writes: AtomicUsize,
    written: AtomicUsize,
    read: AtomicUsize,
}

impl Counts {
    pub(crate) fn reads(&self) -> usize {
        self.0.reads.load(Ordering::Relaxed)
    }

    pub(crate) fn writes(&self) -> usize {
        self.0.writes.load(Ordering::Relaxed)
    }

    /// Bytes that writes took.
    pub(crate) fn written(&self) -> usize {
        self.0.written.load(Ordering::Relaxed)
    }

    /// Bytes that reads gave.
    pub(crate) fn read(&self) -> usize {
        self.0.read.load(Ordering::Relaxed)
    }

    fn wrote(&self, poll: &Poll<io::Result<usize>>) {
        if let Poll::Ready(Ok(n)) = poll {
            self.0.writes.fetch_add(1, Ordering::Relaxed);
            self.0.written.fetch_add(*n, Ordering::Relaxed);
        }
    }
}

/// A stream that is counted.
pub(crate) struct Counted<T> {
    io: T,
    counts: Counts,
}

impl<T: AsyncRead + Unpin> AsyncRead for Counted<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.counts.0.reads.fetch_add(1, Ordering::Relaxed);
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.io).poll_read(context, buffer);
        self.counts.0.read.fetch_add(buffer.filled().len() - before, Ordering::Relaxed);
        poll
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Counted<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write(context, bytes);
        self.counts.wrote(&poll);
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.counts.wrote(&poll);
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// A server whose streams are counted.
pub(crate) async fn counted(handler: impl Handler) -> (ServerHandle, Stagehand, Counts) {
    counted_as(|server| server, handler).await
}

/// The same, configured further.
pub(crate) async fn counted_as(
    configure: impl FnOnce(StreamServer) -> StreamServer,
    handler: impl Handler,
) -> (ServerHandle, Stagehand, Counts) {
    let counts = Counts::default();
    let (listener, stagehand) = ScriptedListener::new([]);
    let counter = counts.clone();
    let listener = listener.map_io(move |io| Counted { io, counts: counter.clone() });
    let server = configure(StreamServer::on(listener)).start(handler).await.unwrap();
    (server, stagehand, counts)
}
