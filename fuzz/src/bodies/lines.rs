//! Lines, as a handler reads them from a connection, against a plain reading of the whole stream.

use std::cell::RefCell;
use std::future::pending;
use std::io;
use std::time::Duration;

use greenroom::{Connection, LineError, Listener, SockAddr, StreamServer};
use tokio::io::{AsyncWriteExt, DuplexStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::timeout;

/// Before the stream stand the limit, and how the stream is cut in pieces.
const HEAD: usize = 2;
/// Turns after a piece, in which the handler may read it before the next comes.
const TURNS: usize = 4;
/// The clock stands still while anybody can go on, so this passes only when nobody can.
const FOR_EVER: Duration = Duration::from_secs(3600);

/// The first byte gives the limit, the second how the rest is cut in pieces; the rest is what the client sends.
pub fn lines(bytes: &[u8]) {
    thread_local! {
        static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
    }
    let Some(([limit, pieces], stream)) = bytes.split_first_chunk::<HEAD>() else { return };
    let limit = usize::from(*limit);
    let told = RUNTIME.with_borrow_mut(|runtime| {
        let runtime = runtime.get_or_insert_with(|| {
            let mut builder = Builder::new_current_thread();
            builder.enable_all().start_paused(true).build().expect("a runtime can be made")
        });
        runtime.block_on(serve(limit, *pieces, stream))
    });
    assert_eq!(told, expected(limit, stream), "limit {limit}, pieces {pieces}");
}

/// What the handler was given, in order.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Line(Vec<u8>),
    NotUtf8 {
        at: usize,
    },
    TooLong {
        limit: usize,
    },
    End,
    /// The handler is over, however that came.
    Gone,
}

/// The handler's side of what it tells.
struct Teller(mpsc::UnboundedSender<Told>);

impl Teller {
    fn tell(&self, told: Told) {
        // Who does not listen any more has failed already.
        let _ = self.0.send(told);
    }
}

impl Drop for Teller {
    fn drop(&mut self) {
        self.tell(Told::Gone);
    }
}

/// The stream as its documentation says that it is read.
fn expected(limit: usize, stream: &[u8]) -> Vec<Told> {
    let mut told = Vec::new();
    let mut rest = stream;
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let line = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |end| &rest[end + 1..]);
        let bare = line.strip_suffix(b"\r").unwrap_or(line);
        if bare.len() > limit {
            // The error comes again.
            told.extend([Told::TooLong { limit }, Told::TooLong { limit }]);
            return told;
        }
        // At the end of input a carriage return is part of the line.
        let line = if end.is_some() { bare } else { line };
        told.push(match std::str::from_utf8(line) {
            Ok(text) => Told::Line(text.into()),
            Err(error) => Told::NotUtf8 { at: error.valid_up_to() },
        });
    }
    told.push(Told::End);
    told
}

/// A server on a listener in memory, and one client that sends the stream.
async fn serve(limit: usize, pieces: u8, stream: &[u8]) -> Vec<Told> {
    let (knock, door) = mpsc::channel(1);
    let (tell, mut told) = mpsc::unbounded_channel();
    let handler = move |conn: Connection| read(conn, limit, Teller(tell.clone()));
    let server = StreamServer::on(InMemory(door)).start(handler).await.expect("it can start");

    // Few bytes on the way cut the stream as well.
    let (mut client, served) = tokio::io::duplex(1 + usize::from(pieces) * 3);
    assert!(knock.send(served).await.is_ok(), "the server has gone");
    let mut cut = Cut(u64::from(pieces) + 1);
    let mut rest = stream;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(cut.next(rest.len()));
        rest = after;
        // A handler that has seen enough closes the connection.
        if client.write_all(piece).await.is_err() {
            break;
        }
        for _ in 0..TURNS {
            yield_now().await;
        }
    }
    let _ = client.shutdown().await;

    let mut all = Vec::new();
    loop {
        match timeout(FOR_EVER, told.recv()).await.expect("the handler comes to an end") {
            Some(Told::Gone) | None => break,
            Some(one) => all.push(one),
        }
    }
    drop(client);
    let report = server.stop().await;
    assert_eq!((report.killed, server.stats().panicked), (0, 0));
    all
}

async fn read(mut conn: Connection, limit: usize, teller: Teller) {
    let mut lines = conn.lines().limit(limit);
    let mut refused = false;
    loop {
        let told = match lines.next().await {
            Ok(Some(line)) => Told::Line(line.into_bytes().into()),
            Ok(None) => Told::End,
            Err(error) => {
                assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
                match error.get_ref().and_then(|inner| inner.downcast_ref()) {
                    Some(&LineError::NotUtf8 { at }) => Told::NotUtf8 { at },
                    Some(&LineError::TooLong { limit }) => Told::TooLong { limit },
                    _ => panic!("an error of another kind: {error}"),
                }
            }
        };
        let too_long = matches!(told, Told::TooLong { .. });
        let last = told == Told::End || too_long && refused;
        refused = too_long;
        teller.tell(told);
        if last {
            return;
        }
    }
}

/// Where the stream is cut: the same for the same byte.
struct Cut(u64);

impl Cut {
    /// From one byte to all that is left.
    fn next(&mut self, left: usize) -> usize {
        self.0 = self.0.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(17) | 1;
        1 + (self.0 % 23) as usize % left
    }
}

/// Serves what comes through a channel.
struct InMemory(mpsc::Receiver<DuplexStream>);

impl Listener for InMemory {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, SockAddr)> {
        match self.0.recv().await {
            Some(stream) => Ok((stream, SockAddr::Memory(1))),
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Ok(SockAddr::Memory(0))
    }
}
