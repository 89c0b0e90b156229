//! How a server accepts: plain configuration.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::sync::Arc;

use crate::backoff::Backoff;
use crate::fault::{AcceptError, Classes, ErrorClass};
use crate::stream::accept::on_fatal::OnFatal;

const DEFAULT_BATCH: u32 = 64;
const DEFAULT_RETRIES: u32 = 100;
const DEFAULT_SHEDS: u32 = 100;

/// How a server accepts, and what it does when accept fails. Plain values; each listener goes by them for itself.
///
/// * An error that **belonged to one client** (ECONNABORTED, ECONNRESET, EPROTO, EPERM of a firewall, and the like) is retried
///   at once.
/// * **Exhaustion** (EMFILE, ENFILE, ENOBUFS, ENOMEM), and whatever is not known, is waited out with a [`Backoff`]. The wait ends
///   early when the server stops or pauses, and when a connection closes, for its file may be what accept lacked.
/// * A listener that **is finished** (EBADF, EINVAL, ENOTSOCK, EFAULT) ends, and its error reaches whoever waits for the server.
///
/// An error of one listener never holds up another. Each is counted by its number in [`Stats`](crate::Stats), and logged: the first at
/// once, the next ones in one line every 10 s.
///
/// At EMFILE, when the process may open no more files, new clients would wait in the kernel's backlog without a word. So a
/// spare file is kept, one for the whole process: it is closed to make room for one client, whose connection is closed
/// at once, and opened again. That is a *shed*.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use greenroom_server::{AcceptPolicy, Backoff, Connection, ErrorClass, OnFatal, StreamServer};
///
/// const EPERM: i32 = 1;
/// let policy = AcceptPolicy::new()
///     .backoff(Backoff::new(7).max(Duration::from_millis(200)))
///     .batch(16)
///     .class(EPERM, ErrorClass::BackOff)
///     .reserve_file(false)
///     .on_fatal(OnFatal::DrainServer);
///
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// let server = StreamServer::bind("127.0.0.1:0")
///     .accept_policy(policy)
///     .start(async |mut conn: Connection| conn.send_line("hello").await)
///     .await?;
/// assert!(server.is_accepting());
/// # std::io::Result::Ok(())
/// # }).unwrap();
/// ```
#[derive(Clone)]
#[must_use = "it says how a server accepts once the server has it"]
pub struct AcceptPolicy {
    /// `None`: the default delays, drawn differently by each listener.
    backoff: Option<Backoff>,
    pub(super) batch: u32,
    pub(super) retries: u32,
    pub(super) classes: Classes,
    /// `None`: where the server itself opened the listener.
    reserve: Option<bool>,
    pub(super) sheds: u32,
    on_fatal: Arc<Decide>,
}

type Decide = dyn Fn(&AcceptError) -> OnFatal + Send + Sync;

impl AcceptPolicy {
    /// The default policy.
    pub fn new() -> Self {
        Self {
            backoff: None,
            batch: DEFAULT_BATCH,
            retries: DEFAULT_RETRIES,
            classes: Classes::default(),
            reserve: None,
            sheds: DEFAULT_SHEDS,
            on_fatal: Arc::new(|_| OnFatal::EndListener),
        }
    }

    /// How long to wait when accept fails for want of something. Each listener counts for itself. Default: from 10 ms,
    /// doubling, to 1 s, each up to a fifth longer or shorter.
    #[doc(alias = "min_delay")]
    #[doc(alias = "max_delay")]
    pub fn backoff(mut self, backoff: Backoff) -> Self {
        self.backoff = Some(backoff);
        self
    }

    /// So many answers of accept in a row, good or bad, then other tasks have their turn. Default: 64. 0 counts as 1.
    #[doc(alias = "max_accept")]
    pub const fn batch(mut self, answers: u32) -> Self {
        self.batch = if answers == 0 { 1 } else { answers };
        self
    }

    /// So many errors in a row that are to be retried at once are believed; from then on, until an accept goes well, they are
    /// backed off from. Default: 100.
    pub const fn retries_in_a_row(mut self, errors: u32) -> Self {
        self.retries = errors;
        self
    }

    /// What to do about errors with this number of the system's. Default: as the type says.
    #[doc(alias("fatal_errors", "is_fatal_error"))]
    pub fn class(mut self, number: i32, class: ErrorClass) -> Self {
        self.classes.set(number, class);
        self
    }

    /// Asks `classify` about each error; `None` leaves it to [`class`](Self::class) and the defaults. Default: nobody is asked.
    ///
    /// It is called between two accepts, so it should neither block nor do anything but judge. If it panics, its listener ends, as when
    /// accept itself panics.
    #[doc(alias = "is_fatal_error")]
    pub fn class_by(
        mut self,
        classify: impl Fn(&io::Error) -> Option<ErrorClass> + Send + Sync + 'static,
    ) -> Self {
        self.classes.ask(classify);
        self
    }

    /// Whether to keep the spare file, and to shed clients with it at EMFILE. Default: where the server opens the listener
    /// itself, as [`bind`](crate::StreamServer::bind) does; for a [`Listener`](crate::Listener) of your own only if this says so, for it helps only where accepting
    /// opens a file.
    pub const fn reserve_file(mut self, keep: bool) -> Self {
        self.reserve = Some(keep);
        self
    }

    /// At most so many sheds in a second, counted over the whole process; beyond them EMFILE is backed off from. Default: 100.
    pub const fn sheds_per_second(mut self, sheds: u32) -> Self {
        self.sheds = sheds;
        self
    }

    /// What becomes of the server when a listener is finished. Default: [`OnFatal::EndListener`].
    pub fn on_fatal(self, then: OnFatal) -> Self {
        self.on_fatal_by(move |_| then)
    }

    /// Asks `decide` what becomes of the server when a listener is finished. Takes the place of [`on_fatal`](Self::on_fatal).
    ///
    /// If it panics, only the listener ends, and its error does not reach the report.
    pub fn on_fatal_by(mut self, decide: impl Fn(&AcceptError) -> OnFatal + Send + Sync + 'static) -> Self {
        self.on_fatal = Arc::new(decide);
        self
    }

    /// Whether a listener is to shed; `opens_files`: whether the server knows that accepting from it opens a file.
    pub(crate) fn sheds(&self, opens_files: bool) -> bool {
        self.reserve.unwrap_or(opens_files)
    }

    pub(super) fn delays(&self) -> Backoff {
        self.backoff.clone().unwrap_or_else(|| Backoff::new(random_seed()))
    }

    pub(super) fn decide(&self, error: &AcceptError) -> OnFatal {
        (self.on_fatal)(error)
    }
}

/// The standard library seeds its hash maps from the system's randomness; so do we.
fn random_seed() -> u64 {
    RandomState::new().hash_one(0_u8)
}

impl Default for AcceptPolicy {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for AcceptPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AcceptPolicy")
            .field("backoff", &self.backoff)
            .field("batch", &self.batch)
            .field("retries_in_a_row", &self.retries)
            .field("classes", &self.classes)
            .field("reserve_file", &self.reserve)
            .field("sheds_per_second", &self.sheds)
            .finish_non_exhaustive()
    }
}
