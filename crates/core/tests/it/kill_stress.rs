//! Kill under stress: tasks with clean-ups nested in every way, and several killers that race for each of them.
//!
//! For each task: a scope that was polled has cleaned up once, unless the task was cut off; the task has one exit; and
//! when it is over nothing of it is left, neither in its future nor in the registry.

use std::collections::HashSet;
use std::future::{Future, pending, poll_fn};
use std::panic::resume_unwind;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use greenroom_core::{
    AnyTask, Exit, Registry, Task, TaskBuilder, TaskId, bracket, finally, finally_ref, shield, spawn,
    spawn_later, timeout,
};
use greenroom_testkit::{Random, Seed};
use tokio::task::yield_now;
use tokio::time::sleep;

use crate::stress::on_both_flavours;

/// How many tasks on each flavour: 1e5, or 1e6 with `GREENROOM_STRESS` set.
fn tasks() -> usize {
    if std::env::var_os("GREENROOM_STRESS").is_some() { 1_000_000 } else { 100_000 }
}

/// How many tasks live at once, and how many killers are after them.
const CROWD: usize = 250;
const KILLERS: u64 = 4;

/// What happened inside one task.
#[derive(Debug, Default)]
struct Tally {
    polled: AtomicU32,
    cleaned: AtomicU32,
    doubled: AtomicU32,
}

/// A scope, counted at its first poll.
struct Counted<F> {
    scope: Pin<Box<F>>,
    tally: Option<Arc<Tally>>,
}

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        if let Some(tally) = self.tally.take() {
            tally.polled.fetch_add(1, Ordering::Relaxed);
        }
        self.scope.as_mut().poll(cx)
    }
}

type Body = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Builds bodies at random.
struct Author {
    random: Random,
    tally: Arc<Tally>,
    /// Whether clean-ups may hang: then somebody must cut the task off.
    hangs: bool,
}

impl Author {
    fn counted<F: Future>(&self, scope: F) -> Counted<F> {
        Counted { scope: Box::pin(scope), tally: Some(self.tally.clone()) }
    }

    fn body(&mut self, depth: u32) -> Body {
        if depth == 0 {
            return self.leaf();
        }
        match self.random.below(12) {
            0 | 1 => {
                let (body, cleanup) = (self.body(depth - 1), self.cleanup());
                Box::pin(self.counted(finally(body, cleanup)))
            }
            2 => {
                let (body, cleanup) = (self.body(depth - 1), self.cleanup());
                Box::pin(self.counted(bracket(
                    cleanup,
                    async move |_: &mut Body| body.await,
                    |cleanup| cleanup,
                )))
            }
            3 => {
                let (one, two) = (self.body(depth - 1), self.body(depth - 1));
                Box::pin(async move {
                    tokio::select! { () = one => {}, () = two => {} }
                })
            }
            4 => {
                let (one, two) = (self.body(depth - 1), self.body(depth - 1));
                Box::pin(async move {
                    tokio::join!(one, two);
                })
            }
            5 => {
                let (limit, body) = (self.instant(), self.body(depth - 1));
                Box::pin(async move {
                    let _ = timeout(limit, body).await;
                })
            }
            6 => {
                // Drops it, where ours would unwind it.
                let (limit, body) = (self.instant(), self.body(depth - 1));
                Box::pin(async move {
                    let _ = tokio::time::timeout(limit, body).await;
                })
            }
            7 => {
                let mut crowd: FuturesUnordered<_> = (0..3).map(|_| self.body(depth - 1)).collect();
                Box::pin(async move { while crowd.next().await.is_some() {} })
            }
            8 => {
                // Held without being polled.
                let (mut held, body) = (self.body(depth - 1), self.body(depth - 1));
                Box::pin(async move {
                    let _ = poll_fn(|cx| Poll::Ready(held.as_mut().poll(cx))).await;
                    body.await;
                })
            }
            9 => {
                // A clean-up that borrows; only a kill or a normal end runs it, so it is not counted.
                let body = self.body(depth - 1);
                Box::pin(async move { finally_ref(body, yield_now()).await })
            }
            10 => {
                let body = self.short();
                let next = self.body(depth - 1);
                Box::pin(async move {
                    shield(body).await;
                    next.await;
                })
            }
            _ => {
                let (first, second) = (self.body(depth - 1), self.body(depth - 1));
                Box::pin(async move {
                    first.await;
                    second.await;
                })
            }
        }
    }

    fn leaf(&mut self) -> Body {
        match self.random.below(20) {
            0 => Box::pin(async { resume_unwind(Box::new("without a word on stderr")) }),
            1..8 => Box::pin(pending()),
            8..10 => {
                let instant = self.instant();
                Box::pin(async move { sleep(instant).await })
            }
            _ => self.short(),
        }
    }

    fn short(&mut self) -> Body {
        let turns = self.random.below(4);
        Box::pin(async move {
            for _ in 0..turns {
                yield_now().await;
            }
        })
    }

    fn instant(&mut self) -> Duration {
        Duration::from_micros(self.random.below(1500))
    }

    fn cleanup(&mut self) -> Body {
        let (tally, ran) = (self.tally.clone(), AtomicU32::new(0));
        let inner: Body = match self.random.below(20) {
            0 if self.hangs => Box::pin(pending()),
            0 | 1 => {
                // A clean-up with scopes of its own, one of which it drops.
                let (limit, inner) = (self.instant(), self.cleanup());
                let scope = self.counted(finally(pending::<()>(), inner));
                Box::pin(async move {
                    let _ = tokio::time::timeout(limit, scope).await;
                    yield_now().await;
                })
            }
            2 => {
                let (limit, inner) = (self.instant(), self.cleanup());
                let scope = self.counted(finally(pending::<()>(), inner));
                Box::pin(async move {
                    let _ = timeout(limit, scope).await;
                })
            }
            3 => {
                let instant = self.instant();
                Box::pin(async move { sleep(instant).await })
            }
            _ => self.short(),
        };
        Box::pin(async move {
            inner.await;
            tally.cleaned.fetch_add(1, Ordering::Relaxed);
            tally.doubled.fetch_add(ran.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        })
    }
}

/// One task, and what is known of it.
struct Suspect {
    task: Task<Arc<()>>,
    tally: Arc<Tally>,
    value: Arc<()>,
    hangs: bool,
}

impl Suspect {
    fn new(random: &mut Random, stream: Random) -> Self {
        let tally = Arc::new(Tally::default());
        let value = Arc::new(());
        let hangs = random.percent(5);
        let mut author = Author { random: stream, tally: tally.clone(), hangs };
        let depth = random.below(4) as u32;
        let body = author.body(depth);
        let output = value.clone();
        let body = async move {
            body.await;
            output
        };
        let task = match random.below(20) {
            0 => TaskBuilder::new().unstarted().spawn(body),
            1 => spawn_later(author.instant(), body),
            _ => spawn(body),
        };
        if random.percent(50) {
            task.start();
        }
        Self { task, tally, value, hangs }
    }

    /// The task is over: everything has to add up. Only this handle may be left.
    async fn verify(self) -> Exit {
        let exit = self.task.exit().unwrap();
        let Tally { polled, cleaned, doubled } = &*self.tally;
        let (polled, cleaned) = (polled.load(Ordering::Relaxed), cleaned.load(Ordering::Relaxed));
        assert_eq!(doubled.load(Ordering::Relaxed), 0, "a clean-up ran twice: {exit}");
        if matches!(exit, Exit::CutOff(_)) {
            assert!(cleaned <= polled, "{cleaned} clean-ups of {polled} scopes: {exit}");
        } else {
            assert_eq!(cleaned, polled, "clean-ups and polled scopes: {exit}");
        }
        assert_eq!(Arc::strong_count(&self.tally), 1, "something of the task is left: {exit}");
        drop(self.task);
        // Whoever ended it may still be telling others, on another thread. The registry must have let it go.
        while Arc::strong_count(&self.value) > 1 {
            yield_now().await;
        }
        exit
    }
}

/// One of those who race: does something to each task, in an order of its own.
async fn hunt(mut targets: Vec<AnyTask>, mut random: Random) {
    random.shuffle(&mut targets);
    for task in targets {
        let grace = Duration::from_micros(random.below(3000));
        match random.below(12) {
            0 => task.kill_nowait(),
            1 => task.kill().within(grace).nowait(),
            2 => drop(task.kill().await),
            3 => drop(task.kill_within(grace).await),
            4 => {
                let mut kill = pin!(task.kill_within(grace));
                let _ = poll_fn(|cx| Poll::Ready(kill.as_mut().poll(cx))).await;
            }
            5 => drop(task.kill()),
            6 => {
                let _ = tokio::time::timeout(grace, task.join()).await;
            }
            7 => task.start(),
            8 => yield_now().await,
            _ => {}
        }
    }
}

#[test]
fn under_racing_killers_every_polled_scope_cleans_up_once_and_every_task_ends() {
    on_both_flavours(|seed: Seed| async move {
        let mut random = seed.random();
        let mut ends = [0; 4];
        let mut left = tasks();
        let mut stream = 1;
        while left > 0 {
            let crowd: Vec<_> = (0..CROWD.min(left))
                .map(|_| {
                    stream += 1;
                    Suspect::new(&mut random, seed.random_of(stream))
                })
                .collect();
            left -= crowd.len();
            let hunters: Vec<_> = (0..KILLERS)
                .map(|_| {
                    // Whoever awaits a kill of a task whose clean-up hangs must have said how long.
                    let mild = random.percent(50);
                    let targets = crowd
                        .iter()
                        .filter(|suspect| !suspect.hangs || mild)
                        .map(|it| AnyTask::from(&it.task));
                    stream += 1;
                    tokio::spawn(hunt(targets.collect(), seed.random_of(stream)))
                })
                .collect();
            for suspect in &crowd {
                if suspect.hangs {
                    // Cut off, whatever the others do.
                    suspect.task.kill().within(Duration::from_millis(random.below(4))).nowait();
                } else if random.percent(50) {
                    suspect.task.kill_nowait();
                }
            }
            for hunter in hunters {
                hunter.await.unwrap();
            }
            let ids: HashSet<TaskId> = crowd.iter().map(|suspect| suspect.task.id()).collect();
            for suspect in crowd {
                let exit = if suspect.hangs {
                    suspect.task.kill_within(Duration::ZERO).await
                } else {
                    suspect.task.kill().await
                };
                drop(exit);
                let place = match suspect.verify().await {
                    Exit::Finished => 0,
                    Exit::Panicked(_) => 1,
                    Exit::Killed(_) => 2,
                    Exit::CutOff(_) => 3,
                    other => panic!("no task can end so: {other}"),
                };
                ends[place] += 1;
            }
            assert!(
                Registry::tasks().iter().all(|task| !ids.contains(&task.id())),
                "the registry is not empty"
            );
        }
        println!("finished, panicked, killed, cut off: {ends:?}");
        assert_eq!(ends.iter().sum::<usize>(), tasks());
        assert!(ends.iter().all(|count| *count > 0), "{ends:?}");
    });
}
