//! A client that speaks lines.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Long enough for a slow machine; nothing is decided by it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Client<S = TcpStream>(BufReader<S>);

impl Client {
    pub(crate) async fn connect(server: &greenroom::ServerHandle) -> Self {
        Self::to(server.local_addrs()[0].as_socket().expect("it is TCP")).await
    }

    pub(crate) async fn to(address: SocketAddr) -> Self {
        Self::over(TcpStream::connect(address).await.expect("the server accepts"))
    }

    /// Goes on without the runtime: each call blocks.
    pub(crate) fn into_std(self) -> std::net::TcpStream {
        let stream = self.0.into_inner().into_std().expect("the runtime lets go of it");
        stream.set_nonblocking(false).expect("the socket is open");
        stream
    }

    /// Goes away as rudely as can be.
    pub(crate) fn reset(self) {
        self.0.get_ref().set_zero_linger().expect("the socket is open");
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Over a stream that is connected.
    pub(crate) fn over(stream: S) -> Self {
        Self(BufReader::new(stream))
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.get_mut().write_all(bytes.as_ref()).await.expect("the server reads");
    }

    /// The next line; `None` at the end.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_line(&mut line));
        let n = read.await.expect("the server answers").expect("the connection is not reset");
        (n > 0).then(|| line.trim_end().to_owned())
    }

    /// So many bytes, whatever they are.
    pub(crate) async fn bytes(&mut self, n: usize) -> Vec<u8> {
        let mut bytes = vec![0; n];
        let read = tokio::time::timeout(PATIENCE, self.0.read_exact(&mut bytes));
        read.await.expect("the server answers").expect("the connection does not end");
        bytes
    }

    /// Reads until a line contains this, and gives that line.
    pub(crate) async fn line_with(&mut self, part: &str) -> String {
        loop {
            let line = self.line().await.unwrap_or_else(|| panic!("the end came before {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }

    /// The end of the connection, with whatever comes before it.
    pub(crate) async fn end(&mut self) -> Vec<String> {
        let mut rest = Vec::new();
        while let Some(line) = self.line().await {
            rest.push(line);
        }
        rest
    }

    /// The end, after whatever comes before it: an alert, for one.
    pub(crate) async fn ended(&mut self) {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut rest));
        read.await.expect("the server closes").expect("the connection is not reset");
    }

    /// Has sent all it will.
    pub(crate) async fn hang_up(&mut self) {
        self.0.get_mut().shutdown().await.expect("the server is there");
    }
}
