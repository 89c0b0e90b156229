//! A client that sends bytes, and takes answers apart.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::Instant;

/// Sends what it is told to, and reads one answer after the other.
#[derive(Debug)]
pub(crate) struct Client<S> {
    pub(crate) io: S,
    /// Read, and not yet part of an answer.
    pub(crate) ahead: Vec<u8>,
}

/// One answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) version: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Vec<(String, String)>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap()
    }

    /// Whether it says that it is the last.
    pub(crate) fn says_close(&self) -> bool {
        self.header("connection").is_some_and(|it| it.eq_ignore_ascii_case("close"))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    pub(crate) const fn new(io: S) -> Self {
        Self { io, ahead: Vec::new() }
    }

    /// Sends; a server that has closed is not minded, for what it said can still be read.
    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.io.write_all(bytes.as_ref()).await;
    }

    /// Sends, in parts of so many bytes, each after `pause`. `false` if the server closed meanwhile.
    pub(crate) async fn drip(&mut self, bytes: &[u8], part: usize, pause: Duration) -> bool {
        for part in bytes.chunks(part) {
            tokio::time::sleep(pause).await;
            if self.io.write_all(part).await.is_err() {
                return false;
            }
        }
        true
    }

    pub(crate) async fn half_close(&mut self) {
        let _ = self.io.shutdown().await;
    }

    /// The next answer, to a request that has a body in its answer.
    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await.unwrap()
    }

    /// The next answer, to a request of this method.
    pub(crate) async fn answer_to(&mut self, method: &str) -> io::Result<Answer> {
        let mut answer = self.head().await?;
        let chunked = answer.header("transfer-encoding").is_some_and(|it| it.eq_ignore_ascii_case("chunked"));
        let length = answer.header("content-length").map(|it| it.parse().unwrap());
        let bodiless = method == "HEAD" || matches!(answer.status, 100..=199 | 204 | 304);
        match (bodiless, chunked, length) {
            (true, ..) => {}
            (_, true, _) => self.chunks(&mut answer).await?,
            (_, _, Some(length)) => answer.body = self.take(length).await?,
            (_, _, None) => answer.body = self.rest().await?,
        }
        Ok(answer)
    }

    /// The head of the next answer; its body is the caller's.
    pub(crate) async fn head(&mut self) -> io::Result<Answer> {
        let first = self.line().await?;
        let (version, rest) = first.split_once(' ').unwrap_or_else(|| panic!("{first:?} is no status line"));
        let status = rest[..3].parse().unwrap();
        let headers = self.fields().await?;
        Ok(Answer { version: version.to_owned(), status, headers, body: Vec::new(), trailers: Vec::new() })
    }

    async fn chunks(&mut self, answer: &mut Answer) -> io::Result<()> {
        loop {
            let size = self.line().await?;
            let size = usize::from_str_radix(&size, 16).unwrap();
            if size == 0 {
                answer.trailers = self.fields().await?;
                return Ok(());
            }
            answer.body.extend(self.take(size).await?);
            assert_eq!(self.line().await?, "", "behind a chunk");
        }
    }

    async fn fields(&mut self) -> io::Result<Vec<(String, String)>> {
        let mut fields = Vec::new();
        loop {
            let line = self.line().await?;
            if line.is_empty() {
                return Ok(fields);
            }
            let (name, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line:?} is no field"));
            fields.push((name.to_owned(), value.to_owned()));
        }
    }

    /// The next line, which has to end with CRLF.
    pub(crate) async fn line(&mut self) -> io::Result<String> {
        loop {
            if let Some(end) = self.ahead.windows(2).position(|pair| pair == b"\r\n") {
                let line = self.ahead.drain(..end + 2).take(end).collect();
                return Ok(String::from_utf8(line).unwrap());
            }
            self.more().await?;
        }
    }

    pub(crate) async fn take(&mut self, length: usize) -> io::Result<Vec<u8>> {
        while self.ahead.len() < length {
            self.more().await?;
        }
        Ok(self.ahead.drain(..length).collect())
    }

    async fn more(&mut self) -> io::Result<()> {
        match self.io.read_buf(&mut self.ahead).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }

    /// What comes until the server closes.
    pub(crate) async fn rest(&mut self) -> io::Result<Vec<u8>> {
        self.io.read_to_end(&mut self.ahead).await?;
        Ok(std::mem::take(&mut self.ahead))
    }

    /// Waits until the server closes; nothing more may come before. How long that took.
    pub(crate) async fn closed(&mut self) -> Duration {
        let began = Instant::now();
        let rest = self.rest().await.unwrap_or_default();
        assert_eq!(rest.escape_ascii().to_string(), "", "before the end");
        began.elapsed()
    }

    /// The server has closed, and did not wait for anything to do so.
    pub(crate) async fn closed_at_once(&mut self) {
        let took = self.closed().await;
        assert!(took < Duration::from_millis(1), "it took {took:?}");
    }

    /// The server closes, however long that takes.
    pub(crate) async fn closed_for_good(&mut self) {
        let rest = self.rest().await.unwrap_or_default();
        assert!(rest.is_empty(), "{}", rest.escape_ascii());
    }

    /// Sends a request for `target`, and reads its answer.
    pub(crate) async fn get(&mut self, target: &str) -> Answer {
        self.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
        self.answer().await
    }
}
