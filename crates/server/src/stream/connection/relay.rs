//! Both directions of a connection, to and from another stream.

use std::future::poll_fn;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Buf;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::chunk::{Buffer, Chunk};
use crate::stream::connection::cell::Cell;

/// One direction: what has been read and is not written yet. It holds a buffer only in between.
#[derive(Default)]
struct Leg {
    chunk: Option<Chunk>,
    stage: Stage,
    copied: u64,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Stage {
    #[default]
    Copying,
    /// The one side has finished; so is the other to be told.
    Finishing,
    Over,
}

/// One side as the relay sees it.
trait Side {
    /// A chunk; `None` at the end.
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Chunk>>>;
    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>>;
    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;
    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>>;
}

struct Ours<'a>(&'a Arc<Cell>);

struct Theirs<'a, S>(&'a mut S);

/// Copies both ways until both sides have finished; how much went out of the connection, and how much came into it.
pub(super) async fn relay<S>(cell: &Arc<Cell>, other: &mut S) -> io::Result<(u64, u64)>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let (mut ours, mut theirs) = (Ours(cell), Theirs(other));
    let (mut out, mut back) = (Leg::default(), Leg::default());
    poll_fn(|context| {
        let one = out.poll(&mut ours, &mut theirs, context)?;
        let two = back.poll(&mut theirs, &mut ours, context)?;
        if one.is_ready() && two.is_ready() {
            Poll::Ready(Ok((out.copied, back.copied)))
        } else {
            Poll::Pending
        }
    })
    .await
}

impl Leg {
    fn poll(
        &mut self,
        from: &mut impl Side,
        to: &mut impl Side,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if let Some(chunk) = &mut self.chunk {
                let n = ready!(to.poll_write(context, chunk))?;
                if n == 0 {
                    return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
                }
                self.copied += n as u64;
                chunk.advance(n);
                if !chunk.has_remaining() {
                    self.chunk = None;
                }
                continue;
            }
            match self.stage {
                Stage::Copying => match from.poll_chunk(context)? {
                    Poll::Ready(Some(chunk)) => self.chunk = Some(chunk),
                    Poll::Ready(None) => self.stage = Stage::Finishing,
                    Poll::Pending => {
                        // Nothing comes for now: what a buffer of the other side holds must not wait for more.
                        ready!(to.poll_flush(context))?;
                        return Poll::Pending;
                    }
                },
                Stage::Finishing => {
                    ready!(to.poll_finish(context))?;
                    self.stage = Stage::Over;
                }
                Stage::Over => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl Side for Ours<'_> {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Chunk>>> {
        self.0.poll_recv(context)
    }

    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.0.poll_write(context, &[IoSlice::new(bytes)])
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_flush(context)
    }

    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.0.poll_shutdown(context)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Side for Theirs<'_, S> {
    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<io::Result<Option<Chunk>>> {
        let mut buffer = Buffer::take();
        let mut filling = ReadBuf::new(&mut buffer);
        ready!(Pin::new(&mut *self.0).poll_read(context, &mut filling))?;
        let end = filling.filled().len();
        Poll::Ready(Ok((end > 0).then(|| Chunk::pooled(buffer, end))))
    }

    fn poll_write(&mut self, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut *self.0).poll_write(context, bytes)
    }

    fn poll_flush(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_flush(context)
    }

    fn poll_finish(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.0).poll_shutdown(context)
    }
}
