//! One connection's life, from the side of its requests.

use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use crate::facts::ConnectionFacts;
use crate::life::desk::{AfterUpgrade, Desk};
use crate::life::flight::Flight;
use crate::life::framing::Framing;
use crate::life::head_record::HeadRecord;
use crate::life::stream_beat::StreamBeat;
use crate::refusal::Refusal;
use crate::settings::Http;

/// What HTTP/2 writes without being asked anything, such as a ping and some acknowledgements, is no longer than this.
const NO_ANSWER: usize = 64;

/// One request that has begun, in the number of requests.
const BEGUN: u64 = 1 << 32;

/// Shared by the io, which sees bytes come, by those who serve requests, and by the driver, which minds the time.
///
/// Under HTTP/1 all of them run in one task; under HTTP/2 each request has its own.
#[derive(Debug)]
pub(crate) struct Life {
    pub(crate) facts: Arc<ConnectionFacts>,
    /// After so many requests the connection takes no more.
    most: u32,
    /// How many have begun, and how many of them are in flight: the upper and the lower half.
    requests: AtomicU64,
    /// Under HTTP/1: an answer was handed to the engine, and may not have been written.
    answering: AtomicBool,
    /// Somebody has asked to be woken.
    watched: AtomicBool,
    /// Under HTTP/2: something of an answer was written.
    wrote: AtomicBool,
    /// Bodies that somebody has, and may leave unread.
    lent: AtomicU32,
    /// The engine has nothing more to do with the connection.
    handed_over: AtomicBool,
    head: Mutex<HeadRecord>,
    /// How many bytes are in it. It is asked for far more often than it changes.
    head_length: AtomicUsize,
    /// Somebody has left a body.
    left: AtomicBool,
    desk: Mutex<Desk>,
}

impl Life {
    pub(crate) fn new(facts: ConnectionFacts, most: Option<u32>) -> Self {
        Self {
            facts: Arc::new(facts),
            most: most.unwrap_or(u32::MAX),
            requests: AtomicU64::new(0),
            answering: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            wrote: AtomicBool::new(false),
            lent: AtomicU32::new(0),
            handed_over: AtomicBool::new(false),
            head: Mutex::default(),
            head_length: AtomicUsize::new(0),
            left: AtomicBool::new(false),
            desk: Mutex::default(),
        }
    }

    /// A request has come: its number, and the flight that ends with its answer.
    pub(crate) fn begin(self: &Arc<Self>) -> (u32, Flight) {
        let before = self.requests.fetch_add(BEGUN + 1, Ordering::AcqRel);
        let number = ((before / BEGUN) as u32).wrapping_add(1);
        (number, Flight::new(Arc::clone(self)))
    }

    pub(super) fn land(&self) {
        if self.requests.fetch_sub(1, Ordering::SeqCst) as u32 == 1 {
            // Under HTTP/2 that was in another task, and the driver minds the time.
            self.wake_driver();
        }
    }

    fn wake_driver(&self) {
        // Whoever asks looks once more after asking; one of the two sees the other.
        if !self.watched.load(Ordering::SeqCst) {
            return;
        }
        let driver = self.desk().driver.take();
        if let Some(driver) = driver {
            driver.wake();
        }
    }

    pub(crate) fn begun(&self) -> u32 {
        (self.requests.load(Ordering::Acquire) / BEGUN) as u32
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.requests.load(Ordering::SeqCst) as u32 > 0
    }

    /// Whether the connection takes no more requests.
    pub(crate) fn is_used_up(&self) -> bool {
        self.begun() >= self.most
    }

    /// Whether an answer is on its way, though its service is done.
    pub(crate) fn is_answering(&self) -> bool {
        self.answering.load(Ordering::Acquire)
    }

    /// An answer goes to the engine of HTTP/1.
    pub(crate) fn answer(&self) {
        self.answering.store(true, Ordering::Release);
    }

    /// The engine has nothing left to write.
    pub(crate) fn flushed(&self) {
        if !self.is_busy() && self.is_answering() {
            self.answering.store(false, Ordering::Release);
            self.wake_driver();
        }
    }

    /// Whether what the engine writes is its own word, and no service's.
    pub(crate) fn is_unanswered(&self) -> bool {
        !self.is_busy() && !self.is_answering() && !self.handed_over.load(Ordering::Acquire)
    }

    /// The engine writes so much at once.
    pub(crate) fn write(&self, bytes: usize) {
        if bytes > NO_ANSWER {
            self.wrote.store(true, Ordering::Release);
        }
    }

    /// Whether part of an answer was written since this was last asked.
    pub(crate) fn take_wrote(&self) -> bool {
        self.wrote.load(Ordering::Acquire) && self.wrote.swap(false, Ordering::AcqRel)
    }

    /// What follows is not HTTP, and only passes through here.
    pub(crate) fn hand_over(&self) {
        self.handed_over.store(true, Ordering::Release);
        self.with_head(HeadRecord::close);
    }

    /// A body was handed out.
    pub(crate) fn lend(&self) {
        self.lent.fetch_add(1, Ordering::AcqRel);
    }

    /// It was left, or is gone.
    pub(crate) fn take_back(&self) {
        self.lent.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether somebody has a body, perhaps in another task.
    pub(crate) fn has_lent(&self) -> bool {
        self.lent.load(Ordering::Acquire) > 0
    }

    /// Bytes have come.
    pub(crate) fn hear(&self, bytes: &[u8]) {
        self.with_head(|head| head.keep(bytes));
    }

    /// How much has come of a head that is not whole.
    pub(crate) fn head_length(&self) -> usize {
        if self.is_busy() { 0 } else { self.head_length.load(Ordering::Acquire) }
    }

    /// Whether part of a head has come.
    pub(crate) fn has_part_of_head(&self) -> bool {
        self.head_length.load(Ordering::Acquire) > 0 && lock(&self.head).has_begun()
    }

    /// Whether what has come is HTTP/2's.
    pub(crate) fn is_http2(&self) -> bool {
        lock(&self.head).is_http2()
    }

    /// What is too large about the head that the engine found so.
    pub(crate) fn too_large(&self, http: &Http) -> Refusal {
        lock(&self.head).too_large(http.max_target, http.max_head, http.max_headers)
    }

    /// What the bytes of the head have to say against it.
    pub(crate) fn judge_head(&self, method: &http::Method, framing: Framing) -> Result<(), Refusal> {
        self.with_head(|head| head.judge(method.as_str().as_bytes(), framing))
    }

    fn with_head<R>(&self, change: impl FnOnce(&mut HeadRecord) -> R) -> R {
        let mut head = lock(&self.head);
        let result = change(&mut head);
        self.head_length.store(head.length(), Ordering::Release);
        result
    }

    /// Leaves a body for the driver to read to its end.
    pub(crate) fn leave(&self, body: hyper::body::Incoming) {
        let old = self.desk().leftover.replace(body);
        self.left.store(true, Ordering::Release);
        drop(old);
        self.wake_driver();
    }

    pub(crate) fn take_leftover(&self) -> Option<hyper::body::Incoming> {
        // Asked at each suspension, and there is seldom one.
        if self.left.load(Ordering::Acquire) && self.left.swap(false, Ordering::AcqRel) {
            return self.desk().leftover.take();
        }
        None
    }

    /// The connection is to become something else.
    pub(crate) fn set_after(&self, after: AfterUpgrade) {
        let old = self.desk().after.replace(after);
        drop(old);
    }

    pub(crate) fn take_after(&self) -> Option<AfterUpgrade> {
        self.desk().after.take()
    }

    /// The engine hands over the future of a stream right after its service was called: this is that stream's.
    pub(crate) fn announce(&self, beat: Arc<StreamBeat>) {
        self.desk().beat = Some(beat);
    }

    pub(crate) fn take_announced(&self) -> Option<Arc<StreamBeat>> {
        self.desk().beat.take()
    }

    /// The task of `context` is woken when somebody leaves something, when nothing is in flight any more, when it has been written,
    /// and when the io is let go.
    pub(crate) fn wake_on_change(&self, context: &Context<'_>) {
        let mut desk = self.desk();
        if !desk.driver.as_ref().is_some_and(|driver| driver.will_wake(context.waker())) {
            let old = desk.driver.replace(context.waker().clone());
            self.watched.store(true, Ordering::SeqCst);
            drop(desk);
            drop(old);
        }
    }

    /// The io is gone.
    pub(crate) fn release(&self) {
        self.desk().released = true;
        self.wake_driver();
    }

    /// Waits until whoever has the io lets it go.
    pub(crate) async fn released(&self) {
        poll_fn(|context| {
            if self.desk().released {
                return Poll::Ready(());
            }
            self.wake_on_change(context);
            // It may have been let go in between.
            if self.desk().released { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn desk(&self) -> MutexGuard<'_, Desk> {
        lock(&self.desk)
    }
}

/// Nothing is left half-done under these locks, also by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
