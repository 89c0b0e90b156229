use std::fmt;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use greenroom_server::{Listener, SockAddr};
use tokio::io::{DuplexStream, duplex};
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::{FaultyIo, ScriptedAnswer, Stagehand};

/// How many bytes are on their way in a connection by script, in either direction.
const ROOM: usize = 64 * 1024;

/// A listener whose answers are written down beforehand: it shows what a server does when accept fails.
///
/// It answers by its script, an answer for each call; then it waits for clients that the test sends with
/// [`Stagehand::connect`]. Connections are in memory, so all of a test can run in paused time.
///
/// A script may be endless, such as `std::iter::repeat(ScriptedAnswer::Error(24))`.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::{Backoff, Connection, StreamServer};
/// use greenroom_testkit::{ScriptedAnswer, ScriptedListener};
/// use tokio::io::AsyncReadExt;
///
/// const EMFILE: i32 = 24;
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap().block_on(async {
/// let script = [ScriptedAnswer::Error(EMFILE), ScriptedAnswer::Error(EMFILE), ScriptedAnswer::Connection];
/// let (listener, mut stagehand) = ScriptedListener::new(script);
/// let server = StreamServer::on(listener)
///     .backoff(Backoff::new(1).jitter(0.0))
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
///
/// let mut answer = String::new();
/// stagehand.client().await.read_to_string(&mut answer).await?;
/// assert_eq!(answer, "hello\n");
/// # #[cfg(unix)]
/// assert_eq!(stagehand.call_times()[..3], [0, 10, 30].map(Duration::from_millis));
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
pub struct ScriptedListener {
    script: Box<dyn Iterator<Item = ScriptedAnswer> + Send>,
    calls: Arc<Mutex<Vec<Instant>>>,
    clients: mpsc::UnboundedSender<DuplexStream>,
    door: mpsc::UnboundedReceiver<Arrival>,
}

/// A connection, and where it comes from.
pub(super) type Arrival = (FaultyIo<DuplexStream>, SockAddr);

impl ScriptedListener {
    /// A listener that answers so, and who works behind it. Its address is `192.0.2.2:7000`, one that documentation is free
    /// to use; its clients come from `192.0.2.1:5000` if nothing else is said.
    pub fn new<S>(script: S) -> (Self, Stagehand)
    where
        S: IntoIterator<Item = ScriptedAnswer, IntoIter: Send + 'static>,
    {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let (clients, taken) = mpsc::unbounded_channel();
        let (knock, door) = mpsc::unbounded_channel();
        let script = Box::new(script.into_iter());
        let listener = Self { script, calls: Arc::clone(&calls), clients, door };
        (listener, Stagehand::new(calls, taken, knock))
    }

    pub(super) fn peer() -> SockAddr {
        SocketAddr::from(([192, 0, 2, 1], 5000)).into()
    }
}

impl Listener for ScriptedListener {
    type Io = FaultyIo<DuplexStream>;

    /// The next answer of the script, or the next client of the stagehand.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: an answer is taken in the poll that returns it, and counts as a call in the first.
    ///
    /// # Errors
    ///
    /// Those of the script.
    ///
    /// # Panics
    ///
    /// By the script.
    async fn accept(&mut self) -> io::Result<Arrival> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).push(Instant::now());
        match self.script.next() {
            Some(ScriptedAnswer::Connection) => {
                let (ours, theirs) = duplex(ROOM);
                // A test that does not want its clients drops them.
                let _ = self.clients.send(theirs);
                Ok((FaultyIo::new(ours), Self::peer()))
            }
            Some(ScriptedAnswer::Error(number)) => Err(io::Error::from_raw_os_error(number)),
            Some(ScriptedAnswer::Kind(kind)) => Err(kind.into()),
            Some(ScriptedAnswer::Panic) => panic!("by script"),
            None => match self.door.recv().await {
                Some(arrival) => Ok(arrival),
                // Nobody can connect any more.
                None => pending().await,
            },
        }
    }

    fn local_addr(&self) -> io::Result<SockAddr> {
        Ok(SocketAddr::from(([192, 0, 2, 2], 7000)).into())
    }
}

impl fmt::Debug for ScriptedListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScriptedListener")
            .field("script_left", &self.script.size_hint())
            .finish_non_exhaustive()
    }
}
