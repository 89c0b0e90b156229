//! Putters and getters cancelled at random: every item has exactly one fate.
//!
//! `GREENROOM_STRESS=1` runs a hundred times as many operations, `GREENROOM_SEED=n` repeats a run.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_core::{PutError, Queue, TryPutError};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

const PUTTERS: usize = 4;
const GETTERS: usize = 4;
/// The longest a run may take before it counts as hanging.
pub(crate) const HANG: Duration = Duration::from_secs(300);

/// Marsaglia's xorshift, which needs no crate and repeats from its seed.
#[derive(Clone)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self((seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15)).max(1))
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// What became of each item.
pub(crate) struct Ledger {
    fates: Vec<Fate>,
    pub(crate) got: AtomicUsize,
}

impl Ledger {
    pub(crate) fn new(items: usize) -> Arc<Self> {
        Arc::new(Self { fates: (0..items).map(|_| Fate::default()).collect(), got: AtomicUsize::new(0) })
    }

    pub(crate) fn put(&self, id: usize, fate: u8) {
        self.fates[id].put.store(fate, Ordering::Relaxed);
    }

    pub(crate) fn got(&self, item: &Item) {
        self.fates[item.id].got.fetch_add(1, Ordering::Relaxed);
        self.got.fetch_add(1, Ordering::Relaxed);
    }

    /// Every item was dropped once, and how often it was got fits what its putter was told.
    pub(crate) fn check(&self, fits: impl Fn(u8, u8) -> bool) {
        let mut all = 0;
        for (id, fate) in self.fates.iter().enumerate() {
            let [put, got, dropped] =
                [&fate.put, &fate.got, &fate.dropped].map(|n| n.load(Ordering::Relaxed));
            assert_eq!(dropped, 1, "item {id} was dropped {dropped} times");
            assert!(put != 0 && fits(put, got), "item {id}: put {put}, got {got}");
            all += usize::from(got);
        }
        assert_eq!(all, self.got.load(Ordering::Relaxed));
    }
}

#[derive(Default)]
struct Fate {
    put: AtomicU8,
    got: AtomicU8,
    dropped: AtomicU8,
}

pub(crate) const STORED: u8 = 1;
pub(crate) const RETURNED: u8 = 2;
pub(crate) const CANCELLED: u8 = 3;

pub(crate) struct Item {
    id: usize,
    /// `None` in the copy that a peek makes.
    ledger: Option<Arc<Ledger>>,
}

impl Item {
    pub(crate) fn new(id: usize, ledger: &Arc<Ledger>) -> Self {
        Self { id, ledger: Some(Arc::clone(ledger)) }
    }
}

impl Clone for Item {
    fn clone(&self) -> Self {
        Self { id: self.id, ledger: None }
    }
}

impl Drop for Item {
    fn drop(&mut self) {
        if let Some(ledger) = &self.ledger {
            ledger.fates[self.id].dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum End {
    /// All is put and done, then the getters are cut off where they wait.
    Done,
    Shutdown,
    ShutdownNow,
}

/// The output, or `None` if it had not come after some turns of the scheduler.
pub(crate) async fn cut_short<F: Future>(future: F, random: &mut Random) -> Option<F::Output> {
    let turns = random.below(4);
    tokio::select! {
        biased;
        output = future => Some(output),
        () = async { for _ in 0..turns { tokio::task::yield_now().await } } => None,
    }
}

async fn putter(queue: Queue<Item>, ledger: Arc<Ledger>, ids: std::ops::Range<usize>, mut random: Random) {
    for id in ids {
        let item = Item::new(id, &ledger);
        let fate = match random.below(5) {
            0 => match queue.try_put(item) {
                Ok(()) => STORED,
                Err(TryPutError::Full(_)) => {
                    tokio::task::yield_now().await;
                    RETURNED
                }
                Err(TryPutError::ShutDown(_)) => RETURNED,
            },
            1 => match cut_short(queue.reserve(), &mut random).await {
                Some(Ok(slot)) if random.below(4) > 0 => slot.put(item).map_or(RETURNED, |()| STORED),
                _ => RETURNED,
            },
            2 => match cut_short(queue.put(item), &mut random).await {
                Some(Ok(())) => STORED,
                Some(Err(PutError(item))) => {
                    assert_eq!(item.id, id);
                    RETURNED
                }
                None => CANCELLED,
            },
            _ => queue.put(item).await.map_or(RETURNED, |()| STORED),
        };
        ledger.put(id, fate);
    }
}

async fn getter(queue: Queue<Item>, ledger: Arc<Ledger>, per_putter: usize, mut random: Random) {
    let mut latest = [None; PUTTERS];
    let mut got = |item: &Item| {
        ledger.got(item);
        let latest = &mut latest[item.id / per_putter];
        assert!(*latest < Some(item.id), "{} came after {latest:?} of the same putter", item.id);
        *latest = Some(item.id);
    };
    loop {
        match random.below(6) {
            0 => match queue.try_get() {
                Ok(item) => {
                    got(&item);
                    queue.task_done().unwrap();
                }
                Err(_) => tokio::task::yield_now().await,
            },
            1 => {
                if let Some(Ok(item)) = cut_short(queue.get(), &mut random).await {
                    got(&item);
                    queue.task_done().unwrap();
                }
            }
            2 => {
                if let Some(Ok(item)) = cut_short(queue.peek(), &mut random).await {
                    assert!(item.id < ledger.fates.len());
                }
            }
            3 => {
                if let Some(Ok(job)) = cut_short(queue.get_job(), &mut random).await {
                    got(&job);
                    tokio::task::yield_now().await;
                }
            }
            _ => match queue.get_job().await {
                Ok(job) => got(&job),
                Err(_) => return,
            },
        }
    }
}

async fn run(operations: usize, seed: u64, end: End, queue: Queue<Item>) {
    let per_putter = operations / PUTTERS;
    let ledger = Ledger::new(per_putter * PUTTERS);
    let (mut putters, mut getters) = (JoinSet::new(), JoinSet::new());
    for n in 0..PUTTERS {
        let ids = n * per_putter..(n + 1) * per_putter;
        putters.spawn(putter(queue.clone(), Arc::clone(&ledger), ids, Random::new(seed, 1 + n as u64)));
    }
    for n in 0..GETTERS {
        getters.spawn(getter(
            queue.clone(),
            Arc::clone(&ledger),
            per_putter,
            Random::new(seed, 101 + n as u64),
        ));
    }
    if end != End::Done {
        // Somewhere in the middle.
        while ledger.got.load(Ordering::Relaxed) < operations / 4 {
            tokio::task::yield_now().await;
        }
        if end == End::Shutdown { queue.shutdown() } else { queue.shutdown_now() }
    }
    while let Some(ended) = putters.join_next().await {
        ended.unwrap();
    }
    if end == End::Done {
        queue.join().await;
        getters.abort_all();
        while let Some(ended) = getters.join_next().await {
            if let Err(error) = ended {
                assert!(error.is_cancelled(), "{error}");
            }
        }
        // A waiter left behind would keep the item for itself.
        let probe = Item { id: 0, ledger: None };
        assert!(queue.try_put(probe).is_ok() && queue.try_get().is_ok() && queue.task_done().is_ok());
    } else {
        while let Some(ended) = getters.join_next().await {
            ended.unwrap();
        }
        queue.join().await;
    }
    assert_eq!((queue.len(), queue.unfinished(), queue.is_full()), (0, 0, false));

    ledger.check(|put, got| match put {
        STORED => got == 1 || (end == End::ShutdownNow && got == 0),
        RETURNED => got == 0,
        _ => got <= 1,
    });
}

pub(crate) fn operations() -> usize {
    if std::env::var_os("GREENROOM_STRESS").is_some() { 10_000_000 } else { 100_000 }
}

/// Both flavours of runtime, with the seed, which is printed.
pub(crate) fn flavours() -> [(Runtime, u64); 2] {
    let seed = match std::env::var("GREENROOM_SEED") {
        Ok(seed) => seed.parse().unwrap(),
        Err(_) => RandomState::new().hash_one(0),
    };
    println!("GREENROOM_SEED={seed}");
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut builder| (builder.worker_threads(2).enable_time().build().unwrap(), seed))
}

#[test]
fn nothing_is_lost_or_doubled_in_a_queue() {
    for (runtime, seed) in flavours() {
        for (end, capacity) in [(End::Done, 1), (End::Done, 7), (End::Shutdown, 3), (End::ShutdownNow, 3)] {
            // In tasks, as in life: a future of block_on has a thread to itself.
            let run = run(operations() / 4, seed, end, Queue::bounded(capacity));
            let ended = runtime.block_on(async { tokio::spawn(tokio::time::timeout(HANG, run)).await });
            ended.unwrap().expect("somebody waits for ever");
        }
    }
}
