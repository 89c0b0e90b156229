//! A listener that answers by a script, and what tests do with it.

use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use greenroom_server::{Backoff, Handler, Listener, ServerHandle, SockAddr, StreamServer};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio::time::Instant;

/// What accept answers next.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// A connection, whose other end goes to the test.
    Connection,
    /// An error with this number.
    Error(i32),
    Panic,
}

/// Answers by its script, then nothing any more until the test connects.
pub(crate) struct Scripted {
    script: VecDeque<Answer>,
    calls: Arc<Mutex<Vec<Instant>>>,
    clients: mpsc::UnboundedSender<DuplexStream>,
    door: mpsc::UnboundedReceiver<DuplexStream>,
}

/// The test's side of a scripted listener.
pub(crate) struct Stagehand {
    calls: Arc<Mutex<Vec<Instant>>>,
    clients: mpsc::UnboundedReceiver<DuplexStream>,
    door: mpsc::UnboundedSender<DuplexStream>,
    start: Instant,
}

pub(crate) fn scripted(script: impl IntoIterator<Item = Answer>) -> (Scripted, Stagehand) {
    let calls = Arc::new(Mutex::new(Vec::new()));
    let (clients, taken) = mpsc::unbounded_channel();
    let (knock, door) = mpsc::unbounded_channel();
    let listener = Scripted { script: script.into_iter().collect(), calls: calls.clone(), clients, door };
    (listener, Stagehand { calls, clients: taken, door: knock, start: Instant::now() })
}

/// A server on a script, with delays that do not stray.
pub(crate) fn server(script: impl IntoIterator<Item = Answer>) -> (StreamServer, Stagehand) {
    let (listener, stagehand) = scripted(script);
    (StreamServer::on(listener).backoff(Backoff::new(1).jitter(0.0)), stagehand)
}

/// A server with this handler, and one client.
pub(crate) async fn one_client(handler: impl Handler) -> (ServerHandle, DuplexStream) {
    let (server, stagehand) = server([]);
    let server = server.start(handler).await.unwrap();
    let client = stagehand.connect(64 * 1024);
    (server, client)
}

impl Stagehand {
    /// How often accept was asked.
    pub(crate) fn calls(&self) -> usize {
        self.calls.lock().unwrap().len()
    }

    /// When accept was asked, in milliseconds since the start.
    pub(crate) fn call_times(&self) -> Vec<u64> {
        let calls = self.calls.lock().unwrap();
        calls.iter().map(|call| call.duration_since(self.start).as_millis() as u64).collect()
    }

    /// The client of the next connection by script.
    pub(crate) async fn client(&mut self) -> DuplexStream {
        self.clients.recv().await.unwrap()
    }

    /// A new client, whose connection holds so many bytes on the way.
    pub(crate) fn connect(&self, bytes: usize) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(bytes);
        self.door.send(theirs).unwrap();
        ours
    }

    /// Whether the listener has been dropped.
    pub(crate) fn is_closed(&self) -> bool {
        self.door.is_closed()
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }
}

impl Listener for Scripted {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, SockAddr)> {
        self.calls.lock().unwrap().push(Instant::now());
        let stream = match self.script.pop_front() {
            Some(Answer::Error(number)) => return Err(io::Error::from_raw_os_error(number)),
            Some(Answer::Panic) => panic!("by script"),
            Some(Answer::Connection) => {
                let (ours, theirs) = tokio::io::duplex(64 * 1024);
                // A test that does not want its clients drops them.
                let _ = self.clients.send(theirs);
                ours
            }
            None => match self.door.recv().await {
                Some(stream) => stream,
                None => std::future::pending().await,
            },
        };
        Ok((stream, SocketAddr::from(([192, 0, 2, 1], 5000)).into()))
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Ok(SocketAddr::from(([192, 0, 2, 2], 7000)).into())
    }
}

/// Lets everything that can run, run.
pub(crate) async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}
