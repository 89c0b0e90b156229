//! Streams whose input comes in pieces that are written down beforehand.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use greenroom_server::{Handler, Listener, ServerHandle, SockAddr, StreamServer};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::runtime::Runtime;
use tokio::sync::mpsc;

/// Each read gives a piece, after a poll that finds nothing; then input ends. What is written is forgotten.
pub(crate) struct Pieces {
    pieces: VecDeque<Vec<u8>>,
    ready: bool,
}

impl Pieces {
    /// The bytes, cut at these places.
    pub(crate) fn cut(bytes: &[u8], at: &[usize]) -> Self {
        let mut cuts: Vec<_> = at.iter().map(|at| at % (bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        cuts.dedup();
        Self { pieces: cuts.windows(2).map(|cut| bytes[cut[0]..cut[1]].to_vec()).collect(), ready: false }
    }
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.ready = !self.ready;
        if self.ready {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if let Some(mut piece) = self.pieces.pop_front() {
            let rest = piece.split_off(piece.len().min(buffer.remaining()));
            buffer.put_slice(&piece);
            if !rest.is_empty() {
                self.pieces.push_front(rest);
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

struct Handed(mpsc::UnboundedReceiver<Pieces>);

impl Listener for Handed {
    type Io = Pieces;

    async fn accept(&mut self) -> io::Result<(Pieces, SockAddr)> {
        match self.0.recv().await {
            Some(pieces) => Ok((pieces, SocketAddr::from(([192, 0, 2, 1], 5000)).into())),
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Ok(SocketAddr::from(([192, 0, 2, 2], 7000)).into())
    }
}

/// A server whose handler tells what it made of each connection.
pub(crate) struct Readings<T> {
    runtime: Runtime,
    hand: mpsc::UnboundedSender<Pieces>,
    told: mpsc::UnboundedReceiver<T>,
    _server: ServerHandle,
}

impl<T> Readings<T> {
    pub(crate) fn of<H: Handler>(handler: impl FnOnce(mpsc::UnboundedSender<T>) -> H) -> Self {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let (hand, handed) = mpsc::unbounded_channel();
        let (tell, told) = mpsc::unbounded_channel();
        let server = runtime.block_on(StreamServer::on(Handed(handed)).start(handler(tell))).unwrap();
        Self { runtime, hand, told, _server: server }
    }

    pub(crate) fn read(&mut self, pieces: Pieces) -> T {
        assert!(self.hand.send(pieces).is_ok());
        self.runtime.block_on(self.told.recv()).unwrap()
    }
}

/// Runs so many cases. What fails is printed in its smallest form.
pub(crate) fn for_all<S: Strategy>(cases: u32, strategy: S, check: impl FnMut(S::Value)) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    // The runner wants to share the check; the server behind it is one for all cases.
    let check = RefCell::new(check);
    TestRunner::new(config)
        .run(&strategy, |case| {
            (check.borrow_mut())(case);
            Ok(())
        })
        .unwrap();
}
