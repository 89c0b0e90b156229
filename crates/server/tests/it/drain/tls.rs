//! TLS as a transport of the matrix. What a client has sent the half of is its handshake.

use std::io::{self, IoSlice, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use greenroom_server::{ServerHandle, StreamServer};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_rustls::{Connect, TlsConnector};

use crate::drain::matrix::all;
use crate::drain::stage::Stage;
use crate::drain::streams::{Dial, Streams};
use crate::secured::certificate;

/// Less than any ClientHello.
const HALF: usize = 100;

struct Tls(TlsConnector);

impl Tls {
    /// A client that may send so much of its handshake. What it says is sent with the last of it.
    async fn begin(&self, server: &ServerHandle, allowed: usize, says: &'static [u8]) -> Client {
        let io = TcpStream::connect(server.local_addrs()[0].as_socket().unwrap()).await.unwrap();
        let allowed = Arc::new(AtomicUsize::new(allowed));
        let io = Held { io, allowed: Arc::clone(&allowed) };
        let name = ServerName::try_from("localhost").unwrap();
        let connecting = self.0.connect_with(name, io, |session| session.writer().write_all(says).unwrap());
        Client::Shaking { connecting, allowed }
    }
}

impl Dial for Tls {
    const NAME: &'static str = "TLS";
    const EXACT: bool = false;
    type Stream = Client;

    fn listen() -> (StreamServer, Self) {
        let (tls, connector) = certificate();
        (StreamServer::bind("127.0.0.1:0").tls(tls), Self(connector))
    }

    async fn dial(&self, server: &ServerHandle) -> Client {
        let mut client = self.begin(server, usize::MAX, b"").await;
        client.shake_hands().await;
        client
    }

    async fn half(&self, server: &ServerHandle, _stage: &Stage) -> Client {
        let mut client = self.begin(server, HALF, b"half\nreply\n").await;
        let Client::Shaking { connecting, .. } = &mut client else { unreachable!() };
        assert!(connecting.now_or_never().is_none(), "half of it is sent");
        while server.stats().active == 0 {
            tokio::task::yield_now().await;
        }
        client
    }

    async fn rest(&self, client: &mut Client) {
        let Client::Shaking { allowed, .. } = &*client else { unreachable!() };
        allowed.store(usize::MAX, Ordering::Relaxed);
        client.shake_hands().await;
    }
}

enum Client {
    Shaking { connecting: Connect<Held>, allowed: Arc<AtomicUsize> },
    Open(TlsStream<Held>),
}

impl Client {
    async fn shake_hands(&mut self) {
        if let Self::Shaking { connecting, .. } = self {
            *self = Self::Open(connecting.await.unwrap());
        }
    }
}

impl AsyncRead for Client {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream).poll_read(context, buffer),
            // rustls does not read before it has written.
            Self::Shaking { connecting, .. } => {
                Pin::new(connecting.get_mut().unwrap()).poll_read(context, buffer)
            }
        }
    }
}

impl AsyncWrite for Client {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.open().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.open().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.open().poll_shutdown(context)
    }
}

impl Client {
    fn open(self: Pin<&mut Self>) -> Pin<&mut TlsStream<Held>> {
        match self.get_mut() {
            Self::Open(stream) => Pin::new(stream),
            Self::Shaking { .. } => panic!("it has not shaken hands"),
        }
    }
}

/// Sends as much as it may, and holds the rest back.
struct Held {
    io: TcpStream,
    allowed: Arc<AtomicUsize>,
}

impl AsyncRead for Held {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl AsyncWrite for Held {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.allowed.load(Ordering::Relaxed).min(bytes.len());
        if allowed == 0 {
            // Whoever allows more polls it.
            return Poll::Pending;
        }
        let sent = ready!(Pin::new(&mut self.io).poll_write(context, &bytes[..allowed]))?;
        if self.allowed.load(Ordering::Relaxed) != usize::MAX {
            self.allowed.fetch_sub(sent, Ordering::Relaxed);
        }
        Poll::Ready(Ok(sent))
    }

    /// The end of a handshake and what follows it are in one segment.
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.allowed.load(Ordering::Relaxed) == usize::MAX {
            return Pin::new(&mut self.io).poll_write_vectored(context, slices);
        }
        self.poll_write(context, slices.first().map_or(&[], |slice| slice))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[tokio::test]
async fn every_client_under_tls_meets_the_end_that_the_table_says() {
    all::<Streams<Tls>>().await;
}
