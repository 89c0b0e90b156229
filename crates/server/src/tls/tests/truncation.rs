//! Connections that break at any byte of a handshake.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};

use crate::limit::Limits;
use crate::tls::tests::shake::two_sides;
use crate::tls::{HandshakeError, HandshakeErrorKind, Tls, TlsClient};

/// Ends after so many bytes read, and breaks after so many written.
struct Short {
    io: DuplexStream,
    to_read: usize,
    to_write: usize,
    /// Gone when this is.
    _held: Arc<()>,
}

impl AsyncRead for Short {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut room = [0; 1024];
        let len = room.len().min(self.to_read).min(buffer.remaining());
        let mut part = ReadBuf::new(&mut room[..len]);
        if len > 0 {
            ready!(Pin::new(&mut self.io).poll_read(context, &mut part))?;
        }
        self.to_read -= part.filled().len();
        buffer.put_slice(part.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Short {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let room = bytes.len().min(self.to_write);
        if room == 0 {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let written = ready!(Pin::new(&mut self.io).poll_write(context, &bytes[..room]))?;
        self.to_write -= written;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

/// The server's end of it, with how many bytes it read and wrote.
async fn cut(
    tls: &Tls,
    client: &TlsClient,
    to_read: usize,
    to_write: usize,
) -> Result<(usize, usize), HandshakeError> {
    let (near, far) = duplex(64 * 1024);
    let held = Arc::new(());
    let short = Short { io: near, to_read, to_write, _held: Arc::clone(&held) };
    let server = async {
        let stream = tls.accept(short, Limits::new()).await?;
        let short = stream.get_ref().0;
        Ok((to_read - short.to_read, to_write - short.to_write))
    };
    let (server, _) = tokio::join!(server, client.connect(far, "localhost"));
    assert_eq!(Arc::strong_count(&held), 1, "the connection is still held by somebody");
    server
}

#[tokio::test]
async fn a_connection_that_breaks_anywhere_ends_its_handshake_and_is_let_go() {
    let (tls, _) = two_sides();
    // Made anew each time, so that no session is resumed.
    let client = || TlsClient::dangerous_accept_any_certificate().unwrap();
    let enough = 1 << 20;
    let (read, written) = cut(&tls, &client(), enough, enough).await.unwrap();
    assert!(read > 300 && written > 500, "{read} {written}");
    cut(&tls, &client(), read, written + 100).await.unwrap();
    for n in (0..read).step_by(29).chain([read - 1]) {
        let error = cut(&tls, &client(), n, enough).await.unwrap_err();
        assert_eq!(error.kind(), HandshakeErrorKind::Closed, "after {n} of {read} bytes: {error}");
    }
    // Signatures differ in length by some bytes.
    for n in (0..written - 32).step_by(29) {
        let error = cut(&tls, &client(), enough, n).await.unwrap_err();
        assert_eq!(error.kind(), HandshakeErrorKind::Closed, "after {n} of {written} bytes: {error}");
    }
}
