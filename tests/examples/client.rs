//! A client that speaks lines.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Long enough for a slow machine; nothing is decided by it.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug)]
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) async fn connect(server: &greenroom::ServerHandle) -> Self {
        let stream = TcpStream::connect(server.local_addrs()[0].as_socket().expect("it is TCP"))
            .await
            .expect("the server accepts");
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

    /// Has sent all it will.
    pub(crate) async fn hang_up(&mut self) {
        self.0.get_mut().shutdown().await.expect("the server is there");
    }

    /// Goes away as rudely as can be.
    pub(crate) fn reset(self) {
        self.0.get_ref().set_zero_linger().expect("the socket is open");
    }
}
