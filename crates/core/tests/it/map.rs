//! `map` and its siblings: results, errors, bounds, kills.

use std::collections::BTreeSet;
use std::future::{pending, poll_fn};
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use futures_util::future::join;
use futures_util::stream::FusedStream;
use futures_util::{StreamExt, TryStreamExt};
use greenroom_core::{
    Event, Group, Imap, Local, Map, Pool, TaskError, WithTimeout, current, finally, shield, spawn,
};
use greenroom_testkit::{DropCounter, until_idle};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn nap(ms: u64) -> u64 {
    sleep(millis(ms)).await;
    ms
}

/// How many are inside now, and were at most.
#[derive(Clone, Default)]
struct Gauge {
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    started: Arc<AtomicUsize>,
}

impl Gauge {
    async fn visit<T>(self, body: impl Future<Output = T>) -> T {
        self.started.fetch_add(1, Ordering::SeqCst);
        self.most.fetch_max(self.now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        let output = body.await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        output
    }

    fn most(&self) -> usize {
        self.most.load(Ordering::SeqCst)
    }

    fn started(&self) -> usize {
        self.started.load(Ordering::SeqCst)
    }
}

/// Polls once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| Poll::Ready(Pin::new(&mut *future).poll(cx).is_pending())).await
}

#[tokio::test(start_paused = true)]
async fn map_gives_all_results_in_the_order_of_the_items() {
    let pool = Pool::new(3);
    assert_eq!(pool.map([50, 10, 40, 20, 30], nap).await.unwrap(), [50, 10, 40, 20, 30]);
    assert_eq!(pool.map(Vec::new(), nap).await.unwrap(), Vec::<u64>::new());
    assert_eq!((pool.len(), pool.free()), (0, 3));
    let many = pool.map(0..10_000_u64, |n| async move { n * 2 }).await.unwrap();
    assert!(many.into_iter().eq((0..10_000).map(|n| n * 2)));
    assert_eq!(Group::new().map([3, 1, 2], nap).await.unwrap(), [3, 1, 2]);
}

#[tokio::test(start_paused = true)]
async fn as_many_items_run_at_once_as_there_are_slots() {
    let pool = Pool::new(4);
    pool.spawn(sleep(secs(1000))).await.unwrap();
    let gauge = Gauge::default();
    let visit = gauge.clone();
    let start = Instant::now();
    pool.map(0..9, move |_| visit.clone().visit(sleep(secs(1)))).await.unwrap();
    assert_eq!(gauge.most(), 3, "one slot was taken");
    assert_eq!(start.elapsed(), secs(3));
}

#[tokio::test(start_paused = true)]
async fn all_items_of_a_group_run_at_once() {
    let gauge = Gauge::default();
    let visit = gauge.clone();
    let start = Instant::now();
    Group::new().map(0..50, move |_| visit.clone().visit(sleep(secs(1)))).await.unwrap();
    assert_eq!((gauge.most(), start.elapsed()), (50, secs(1)));
}

#[tokio::test(start_paused = true)]
async fn items_share_workers_which_are_members_and_children_of_the_caller() {
    let pool = Pool::new(3);
    let inner = pool.clone();
    let caller = spawn(async move {
        let pool = inner.clone();
        let work = inner.map(0..30, move |_| {
            let pool = pool.clone();
            async move {
                yield_now().await;
                let task = current().unwrap();
                assert!(pool.contains(&task));
                assert!(pool.len() <= 3);
                (task.id(), task.parent())
            }
        });
        work.await.unwrap()
    });
    let seen = caller.get().await.unwrap();
    assert!(seen.iter().all(|(_, parent)| *parent == Some(caller.id())));
    assert_eq!(seen.iter().map(|(id, _)| id).collect::<BTreeSet<_>>().len(), 3);
    assert!(pool.is_empty());
}

#[tokio::test(start_paused = true)]
async fn items_are_pulled_only_when_they_are_about_to_run() {
    let pulled = Arc::new(AtomicUsize::new(0));
    let count = pulled.clone();
    let items = std::iter::repeat_with(move || count.fetch_add(1, Ordering::SeqCst)).take(100);
    let map = spawn(Pool::new(3).map(items, |_| sleep(secs(1))));
    until_idle().await;
    assert_eq!(pulled.load(Ordering::SeqCst), 3);
    sleep(secs(1)).await;
    assert_eq!(pulled.load(Ordering::SeqCst), 6);
    map.kill().await;
}

#[tokio::test(start_paused = true)]
async fn try_map_gives_the_first_error_in_the_order_of_the_items() {
    // Item 2 fails first, item 1 later: the error is item 1's.
    let gauge = Gauge::default();
    let visit = gauge.clone();
    let error = Pool::new(4)
        .try_map(0..100_u64, move |n| {
            visit.clone().visit(async move {
                sleep(millis(match n {
                    1 => 30,
                    2 => 10,
                    _ => 20,
                }))
                .await;
                if n == 1 || n == 2 { Err(io::Error::other(format!("item {n}"))) } else { Ok(n) }
            })
        })
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "the task failed: item 1");
    assert_eq!(gauge.started(), 4, "none is started after an error");
}

#[tokio::test(start_paused = true)]
async fn after_an_error_later_items_are_killed_with_their_clean_ups_and_earlier_ones_awaited() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let said = log.clone();
    let start = Instant::now();
    let map = Pool::new(3).try_map(0..3, move |n| {
        let said = said.clone();
        let leaving = said.clone();
        finally(
            async move {
                match n {
                    0 => sleep(secs(5)).await,
                    1 => {
                        sleep(secs(1)).await;
                        return Err("one");
                    }
                    _ => pending().await,
                }
                said.lock().unwrap().push(format!("{n} done"));
                Ok(())
            },
            async move {
                sleep(secs(1)).await;
                leaving.lock().unwrap().push(format!("{n} left"));
            },
        )
    });
    assert_eq!(map.await.unwrap_err().to_string(), "the task failed: one");
    assert_eq!(*log.lock().unwrap(), ["1 left", "2 left", "0 done", "0 left"]);
    assert_eq!(start.elapsed(), secs(6));
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_its_items_error_and_the_worker_goes_on() {
    let pool = Pool::new(1);
    let work = |n: u32| async move {
        assert!(n != 1, "unlucky {n}");
        (n, current().unwrap().id())
    };
    let error = pool.map(0..3, work).await.unwrap_err();
    assert!(matches!(error, TaskError::Panicked(panic) if panic.message() == "unlucky 1"));
    let results: Vec<_> = pool.imap(0..3, work).collect().await;
    let [Ok((0, before)), Err(TaskError::Panicked(_)), Ok((2, after))] = &results[..] else {
        panic!("{results:?}")
    };
    assert_eq!(before, after);
}

#[tokio::test(start_paused = true)]
async fn a_panic_before_the_future_exists_is_the_items_error_too() {
    let work = |n: u32| {
        assert!(n != 1, "unlucky");
        async move { n }
    };
    let results: Vec<_> = Pool::new(2).imap(0..3, work).map(|result| result.ok()).collect().await;
    assert_eq!(results, [Some(0), None, Some(2)]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_of_the_iterator_comes_after_the_items_before_it_and_ends_the_stream() {
    let items = || (0..5).inspect(|n| assert!(*n != 2, "no more"));
    let results: Vec<_> = Pool::new(4).imap(items(), nap).collect().await;
    assert!(matches!(&results[..], [Ok(0), Ok(1), Err(TaskError::Panicked(_))]), "{results:?}");
    let error = Pool::new(4).map(items(), nap).await.unwrap_err();
    assert!(matches!(error, TaskError::Panicked(panic) if panic.message() == "no more"));
    let unordered: Vec<_> = Pool::new(4).imap_unordered(items(), nap).collect().await;
    assert_eq!(unordered.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn imap_yields_in_order_and_goes_on_after_an_error() {
    let stream = Pool::new(3)
        .try_imap([30, 10, 20, 5], |ms| async move { if nap(ms).await == 10 { Err("ten") } else { Ok(ms) } });
    let results: Vec<_> = stream.map(|result| result.map_err(|error| error.to_string())).collect().await;
    assert_eq!(results, [Ok(30), Err("the task failed: ten".into()), Ok(20), Ok(5)]);
}

#[tokio::test(start_paused = true)]
async fn imap_unordered_yields_as_items_complete() {
    let order: Vec<_> = Pool::new(3).imap_unordered([30, 10, 20, 1], nap).map(Result::unwrap).collect().await;
    assert_eq!(order, [10, 1, 20, 30]);
    let tried =
        Pool::new(3).try_imap_unordered([30, 10, 20], |ms| async move { io::Result::Ok(nap(ms).await) });
    assert_eq!(tried.try_collect::<Vec<_>>().await.unwrap(), [10, 20, 30]);
    let grouped: Vec<_> = Group::new().imap_unordered([30, 10, 20], nap).map(Result::unwrap).collect().await;
    assert_eq!(grouped, [10, 20, 30]);
}

#[test]
fn imap_unordered_has_the_same_order_in_every_run() {
    let run = || {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let pool = Pool::new(7);
            let rival = spawn(pool.map(0..50, |n| nap(n * 3 % 11)));
            let work = |n: u64| async move {
                for _ in 0..n % 3 {
                    yield_now().await;
                }
                if !n.is_multiple_of(4) {
                    nap(n * 7919 % 5).await;
                }
                n
            };
            let order: Vec<_> =
                pool.imap_unordered(0..500, work).ahead(5).map(Result::unwrap).collect().await;
            rival.join().await;
            order
        })
    };
    let first = run();
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), 500);
    for _ in 0..20 {
        assert_eq!(run(), first);
    }
}

#[tokio::test(start_paused = true)]
async fn streams_are_fused() {
    let mut stream = Pool::new(2).imap([1], nap);
    assert!(!stream.is_terminated());
    assert_eq!(stream.next().await.unwrap().unwrap(), 1);
    for _ in 0..3 {
        assert!(stream.next().await.is_none());
    }
    assert!(stream.is_terminated());
}

#[tokio::test(start_paused = true)]
async fn no_more_items_are_started_ahead_of_the_reader_than_said() {
    let gauge = Gauge::default();
    let start = |ahead: Option<usize>, pool: &Pool| -> Imap<()> {
        let visit = gauge.clone();
        let stream = pool.imap(0..100, move |_| visit.clone().visit(yield_now()));
        match ahead {
            Some(ahead) => stream.ahead(ahead),
            None => stream,
        }
    };
    for (ahead, expected) in [(Some(3), 3), (None, 5), (Some(0), 1), (Some(20), 20)] {
        gauge.started.store(0, Ordering::SeqCst);
        let pool = Pool::new(5);
        let mut stream = start(ahead, &pool);
        assert_eq!(gauge.started(), 0, "it starts when it is polled");
        stream.next().await.unwrap().unwrap();
        until_idle().await;
        // One has been read.
        assert_eq!(gauge.started(), expected + 1, "{ahead:?}");
        stream.next().await.unwrap().unwrap();
        until_idle().await;
        assert_eq!(gauge.started(), expected + 2, "{ahead:?}");
        let mut read = 2;
        while let Some(result) = stream.next().await {
            result.unwrap();
            read += 1;
        }
        assert_eq!(read, 100);
    }
}

#[tokio::test(start_paused = true)]
async fn idle_workers_make_way_so_that_a_reader_may_use_the_pool_itself() {
    for size in 1..=3 {
        let pool = Pool::new(size);
        let mut stream = pool.imap(0..20, |n| async move {
            yield_now().await;
            n
        });
        let mut sum = 0;
        while let Some(n) = stream.next().await {
            // Now all workers are idle, and hold their slots, until somebody wants one.
            until_idle().await;
            let n = n.unwrap();
            assert!(n > 0 || pool.len() == size);
            sum += pool.apply(async move { n }).await.unwrap();
        }
        assert_eq!((sum, pool.free()), (190, size));
    }
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_would_be_idle_while_somebody_waits_makes_way() {
    let pool = Pool::new(1);
    let mut stream = pool.imap(0..3, |_| sleep(secs(1)));
    let mut first = Box::pin(stream.next());
    assert!(is_pending(&mut first).await);
    until_idle().await;
    let other = pool.apply(async { "other" });
    assert_eq!(other.timeout(secs(2)).await.unwrap().unwrap(), "other");
    first.await.unwrap().unwrap();
    assert_eq!(stream.collect::<Vec<_>>().await.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_worker_makes_way_even_if_its_items_never_suspend() {
    let pool = Pool::new(1);
    let stop = Event::new();
    let stopped = stop.clone();
    // It ends when somebody else has had the slot.
    let items = std::iter::from_fn(move || (!stopped.is_set()).then_some(()));
    let map = spawn(pool.map(items, |()| async {}));
    yield_now().await;
    pool.apply(async move { stop.set() }).await.unwrap();
    assert!(map.take().await.unwrap().unwrap().len() > 100);
}

#[tokio::test(start_paused = true)]
async fn a_worker_makes_way_for_those_who_wait_and_comes_back_behind_them() {
    let pool = Pool::new(1);
    let start = Instant::now();
    let map = spawn(pool.map(0..10, |_| sleep(secs(1))));
    sleep(millis(500)).await;
    let second = || async { sleep(secs(1)).await };
    let (first, second) = join(pool.spawn(second()), pool.spawn(second())).await;
    assert_eq!(start.elapsed(), secs(2), "after the item, and after the other who waited");
    first.unwrap().join().await;
    second.unwrap().join().await;
    assert_eq!(start.elapsed(), secs(3));
    map.take().await.unwrap().unwrap();
    assert_eq!(start.elapsed(), secs(12));
}

#[tokio::test(start_paused = true)]
async fn two_maps_share_a_pool_fairly() {
    let pool = Pool::new(1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let run = |name: &'static str| {
        let (pool, order) = (pool.clone(), order.clone());
        spawn(async move {
            let work = move |_| {
                let order = order.clone();
                async move {
                    sleep(secs(1)).await;
                    order.lock().unwrap().push(name);
                }
            };
            pool.map(0..3, work).await.unwrap();
        })
    };
    let (one, two) = (run("a"), run("b"));
    one.join().await;
    two.join().await;
    assert_eq!(*order.lock().unwrap(), ["a", "b", "a", "b", "a", "b"]);
}

#[tokio::test(start_paused = true)]
async fn a_map_on_a_full_pool_waits_for_its_turn() {
    let pool = Pool::new(1);
    pool.spawn(sleep(secs(3))).await.unwrap();
    let start = Instant::now();
    assert_eq!(pool.map([1], nap).await.unwrap(), [1]);
    assert_eq!(start.elapsed(), secs(3) + millis(1));
    pool.resize(0);
    let waiting = spawn(pool.map([1], nap));
    until_idle().await;
    pool.resize(1);
    assert_eq!(waiting.take().await.unwrap().unwrap(), [1]);
}

#[tokio::test(start_paused = true)]
async fn a_map_grows_with_its_pool() {
    let pool = Pool::new(1);
    let gauge = Gauge::default();
    let visit = gauge.clone();
    let map = spawn(pool.map(0..9, move |_| visit.clone().visit(sleep(secs(1)))));
    sleep(millis(1500)).await;
    pool.resize(4);
    map.take().await.unwrap().unwrap();
    assert_eq!(gauge.most(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_dropped_map_kills_its_workers_and_starts_nothing_more() {
    let pool = Pool::new(3);
    let gauge = Gauge::default();
    let left = Arc::new(AtomicUsize::new(0));
    let (visit, leave) = (gauge.clone(), left.clone());
    let work = move |_: u32| {
        let leave = leave.clone();
        finally(visit.clone().visit(pending::<()>()), async move {
            sleep(secs(1)).await;
            leave.fetch_add(1, Ordering::SeqCst);
        })
    };
    let caller = spawn(pool.map(0..20, work.clone()));
    until_idle().await;
    assert_eq!(gauge.started(), 3);
    caller.kill().await;
    pool.join().await;
    assert_eq!((gauge.started(), left.load(Ordering::SeqCst)), (3, 3));
    {
        let mut stream = pool.imap(0..20, work);
        assert!(stream.next().timeout(secs(1)).await.is_err());
    }
    pool.join().await;
    assert_eq!((gauge.started(), left.load(Ordering::SeqCst)), (6, 6));
    assert_eq!(pool.free(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_map_that_waits_for_a_slot_leaves_the_line_when_it_is_dropped() {
    let pool = Pool::new(1);
    let member = pool.spawn(pending::<()>()).await.unwrap();
    assert!(pool.map([1], nap).timeout(secs(1)).await.is_err());
    member.kill().await;
    assert_eq!(pool.free(), 1);
    pool.try_spawn(async {}).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_map_owns_its_pool() {
    let map: Map<u64> = Pool::new(2).map([2, 1], nap);
    assert_eq!(map.await.unwrap(), [2, 1]);
    let stream = Pool::new(2).imap([2, 1], nap);
    assert_eq!(stream.try_collect::<Vec<_>>().await.unwrap(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_pool_ends_its_maps_with_an_error() {
    let pool = Pool::new(2);
    let left = Arc::new(AtomicUsize::new(0));
    let leave = left.clone();
    let work = move |_: u32| {
        let leave = leave.clone();
        finally(pending::<()>(), async move {
            sleep(secs(1)).await;
            leave.fetch_add(1, Ordering::SeqCst);
        })
    };
    let map = spawn(pool.map(0..20, work.clone()));
    until_idle().await;
    let mut stream = Box::pin(pool.imap_unordered(0..20, work.clone()));
    assert!(is_pending(&mut stream.next()).await, "it is in the line");
    until_idle().await;
    pool.kill().reason("closing").await;
    let killed =
        |error: TaskError| matches!(error, TaskError::Killed(reason) if reason.as_str() == "closing");
    assert!(killed(map.take().await.unwrap().unwrap_err()));
    assert_eq!(left.load(Ordering::SeqCst), 2);
    assert!(killed(stream.next().await.unwrap().unwrap_err()));
    assert!(stream.next().await.is_none());
    assert!(killed(pool.map(0..3, work).await.unwrap_err()));
}

#[tokio::test(start_paused = true)]
async fn a_killed_worker_is_its_items_error() {
    let pool = Pool::new(2);
    let mut stream = pool.imap(0..6_u64, |n| async move {
        if n == 1 {
            current().unwrap().kill().await;
        }
        nap(n).await
    });
    for n in 0..6 {
        let result = stream.next().await.unwrap();
        assert_eq!(result.is_err(), n == 1, "{n}: {result:?}");
    }
    assert!(stream.next().await.is_none());
    let error = pool.map([5, 4], |ms| async move {
        nap(ms).await;
        current().unwrap().kill().await;
    });
    assert!(matches!(error.await.unwrap_err(), TaskError::Killed(_)));
}

#[tokio::test(start_paused = true)]
async fn a_kill_of_the_group_is_an_error_of_each_item_that_runs() {
    let group = Group::new();
    let map = spawn(group.map(0..5, |_| pending::<()>()));
    let work = |n| async move {
        if n < 2 {
            pending::<()>().await;
        }
    };
    let stream = spawn(group.imap(0..3, work).ahead(2).collect::<Vec<_>>());
    until_idle().await;
    group.kill().await;
    assert!(matches!(map.take().await.unwrap(), Err(TaskError::Killed(_))));
    let results = stream.take().await.unwrap();
    let killed = |result: &_| matches!(result, Err(TaskError::Killed(_)));
    // The third may have been started while the group was being killed.
    assert!(results.len() == 3 && results[..2].iter().all(killed), "{results:?}");
}

#[tokio::test(start_paused = true)]
async fn workers_killed_with_their_group_before_they_ran_are_not_replaced_for_ever() {
    let group = Group::new();
    let work = |n: u32| {
        let goodbye = secs(if n == 0 { 5 } else { 1 });
        finally(pending::<()>(), async move { sleep(goodbye).await })
    };
    let reading = spawn(group.imap_unordered(0.., work).ahead(2).collect::<Vec<_>>());
    until_idle().await;
    // Item 1 is lost after a second; a worker for item 2 is hired and shot, while item 0 is still cleaning up.
    let start = Instant::now();
    group.kill().await;
    assert_eq!(start.elapsed(), secs(5));
    reading.kill().await;
    group.join().await;
}

#[tokio::test(start_paused = true)]
async fn from_a_member_a_map_works_in_place_one_item_after_another() {
    let pool = Pool::new(1);
    let gauge = Gauge::default();
    let (inner, visit) = (pool.clone(), gauge.clone());
    let outer = pool.apply(async move {
        let me = current().unwrap().id();
        let (first, second) = (visit.clone(), visit.clone());
        let whole = inner
            .map(0..4, move |_| {
                first.clone().visit(async {
                    yield_now().await;
                    current().unwrap().id()
                })
            })
            .await
            .unwrap();
        let stream = inner.imap_unordered(0..4, move |_| {
            second.clone().visit(async {
                sleep(secs(1)).await;
                current().unwrap().id()
            })
        });
        let each: Vec<_> = stream.try_collect().await.unwrap();
        [whole, each].concat().into_iter().all(|id| id == me)
    });
    assert!(outer.await.unwrap());
    assert_eq!((gauge.most(), gauge.started()), (1, 8));
    assert_eq!(pool.free(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_nested_map_of_items_does_not_wait_for_itself() {
    let pool = Pool::new(2);
    let inner = pool.clone();
    let sums = pool.map(1..=5_u64, move |n| {
        let inner = inner.clone();
        async move { inner.map(0..n, nap).await.unwrap().into_iter().sum::<u64>() }
    });
    assert_eq!(sums.await.unwrap(), [0, 1, 3, 6, 10]);
}

#[tokio::test(start_paused = true)]
async fn a_map_in_place_ends_at_the_first_error_and_unwinds_with_its_caller() {
    let pool = Pool::new(1);
    let inner = pool.clone();
    let started = Arc::new(AtomicUsize::new(0));
    let count = started.clone();
    let failed = pool.apply(async move {
        inner
            .try_map(0..5, move |n| {
                count.fetch_add(1, Ordering::SeqCst);
                async move { if n == 1 { Err("one") } else { Ok(n) } }
            })
            .await
    });
    assert!(matches!(failed.await.unwrap(), Err(TaskError::Failed(_))));
    assert_eq!(started.load(Ordering::SeqCst), 2);
    let left = Event::new();
    let (inner, leaving) = (pool.clone(), left.clone());
    let caller = pool.try_spawn(async move {
        inner
            .map([0], move |_| {
                let leaving = leaving.clone();
                finally(pending::<()>(), async move {
                    sleep(secs(1)).await;
                    leaving.set();
                })
            })
            .await
    });
    until_idle().await;
    assert!(caller.unwrap().kill().await.is_killed());
    assert!(left.is_set());
}

#[tokio::test(start_paused = true)]
async fn an_item_is_over_only_after_the_clean_ups_that_were_dropped_in_it() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let said = log.clone();
    let work = move |n: u32| {
        let (said, leaving) = (said.clone(), said.clone());
        async move {
            tokio::select! {
                () = finally(pending::<()>(), async move {
                    sleep(secs(1)).await;
                    leaving.lock().unwrap().push(format!("{n} left"));
                }) => {}
                () = sleep(secs(1)) => {}
            }
            said.lock().unwrap().push(format!("{n} body over"));
        }
    };
    Pool::new(1).map(0..2, work).await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["0 body over", "0 left", "1 body over", "1 left"]);
}

#[tokio::test(start_paused = true)]
async fn an_error_holds_off_until_a_shielded_item_is_done() {
    let saved = Arc::new(AtomicBool::new(false));
    let save = saved.clone();
    let error = Pool::new(2).try_map(0..2, move |n| {
        let save = save.clone();
        async move {
            if n == 0 {
                yield_now().await;
                return Err("zero");
            }
            shield(async {
                sleep(secs(1)).await;
                save.store(true, Ordering::SeqCst);
            })
            .await;
            Ok(())
        }
    });
    assert!(error.await.is_err());
    assert!(saved.load(Ordering::SeqCst));
}

#[tokio::test(start_paused = true)]
async fn an_error_may_be_of_any_kind_and_need_not_be_send() {
    #[derive(Debug)]
    struct Local(Rc<()>);
    impl From<Local> for Box<dyn std::error::Error + Send + Sync> {
        fn from(error: Local) -> Self {
            format!("local {}", Rc::strong_count(&error.0)).into()
        }
    }
    let work = |n: u32| std::future::ready(n).then_err();
    trait ThenErr {
        fn then_err(self) -> impl Future<Output = Result<(), Local>> + Send;
    }
    impl ThenErr for std::future::Ready<u32> {
        async fn then_err(self) -> Result<(), Local> {
            self.await;
            yield_now().await;
            Err(Local(Rc::new(())))
        }
    }
    let error = Pool::new(1).try_map(0..1, work).await.unwrap_err();
    assert_eq!(error.to_string(), "the task failed: local 1");
}

#[tokio::test(start_paused = true)]
async fn a_map_gives_others_their_turn() {
    let turns = Arc::new(AtomicUsize::new(0));
    let count = turns.clone();
    let other = spawn(async move {
        loop {
            count.fetch_add(1, Ordering::SeqCst);
            yield_now().await;
        }
    });
    Pool::new(1).map(0..1000, |_| async {}).await.unwrap();
    assert!(turns.load(Ordering::SeqCst) >= 5);
    other.kill().await;
}

#[tokio::test(start_paused = true)]
async fn nothing_of_a_map_is_left_when_it_is_over() {
    static DROPS: DropCounter = DropCounter::new();
    let pool = Pool::new(2);
    for fails in [false, true] {
        let function = DROPS.counted();
        let items: Vec<_> = (0..10).map(|n| (n, DROPS.counted())).collect();
        let map = pool.try_map(items, move |(n, counted)| {
            let _ = &function;
            async move {
                let _counted = counted;
                nap(n % 3).await;
                if fails && n == 3 { Err("three") } else { Ok(()) }
            }
        });
        assert_eq!(map.await.is_err(), fails);
    }
    assert_eq!((DROPS.alive(), DROPS.dropped()), (0, 22));
}

#[test]
fn a_lost_runtime_ends_a_map() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_time().build().unwrap();
    let pool = Pool::new(2);
    let mut map = pool.map(0..5, |_| pending::<()>());
    runtime.block_on(async {
        assert!(is_pending(&mut map).await);
        yield_now().await;
    });
    drop(runtime);
    let here = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert!(matches!(here.block_on(map), Err(TaskError::Lost)));
}

/// The design's program: an error of any kind, and `?`.
async fn fetch(url: &'static str) -> io::Result<String> {
    if url.starts_with("http") { Ok(format!("<{url}>")) } else { Err(io::ErrorKind::InvalidInput.into()) }
}

async fn pages(urls: Vec<&'static str>) -> io::Result<Vec<String>> {
    let pages = Pool::new(20).try_map(urls, fetch).await?;
    Ok(pages)
}

#[tokio::test(start_paused = true)]
async fn the_designs_pool_program_reads_as_it_should() {
    assert_eq!(pages(vec!["http://a", "http://b"]).await.unwrap(), ["<http://a>", "<http://b>"]);
    assert!(pages(vec!["gopher://a"]).await.is_err());
    // Streams and futures are values of their own.
    let s = Pool::new(20).imap([1, 2], nap);
    let reading = spawn(s.map(Result::unwrap).collect::<Vec<_>>());
    assert_eq!(reading.get().await.unwrap(), [1, 2]);
    let killing = spawn(Pool::new(1).kill());
    killing.join().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn items_that_compute_use_all_threads() {
    let gauge = Gauge::default();
    let visit = gauge.clone();
    let meet = Arc::new(std::sync::Barrier::new(2));
    // Both must run at once, or neither ends.
    Pool::new(8)
        .map(0..2, move |_| {
            let meet = meet.clone();
            visit.clone().visit(async move {
                meet.wait();
            })
        })
        .await
        .unwrap();
    assert_eq!(gauge.most(), 2);
}

static OWN: Local<Vec<u64>> = Local::new(Vec::new);

/// Adds to the running task's own value, and gives all that is there after a suspension.
async fn own(n: u64) -> Vec<u64> {
    OWN.with_mut(|own| own.push(n));
    if n.is_multiple_of(2) {
        yield_now().await;
    }
    OWN.get().unwrap()
}

#[tokio::test(start_paused = true)]
async fn local_values_are_fresh_for_each_item() {
    let each: Vec<_> = (0..10).map(|n| vec![n]).collect();
    assert_eq!(Pool::new(2).map(0..10, own).await.unwrap(), each);
    assert_eq!(Pool::new(2).imap(0..10, own).try_collect::<Vec<_>>().await.unwrap(), each);
}

#[tokio::test(start_paused = true)]
async fn in_place_the_callers_local_values_are_out_of_sight_and_stay() {
    let pool = Pool::new(1);
    let inner = pool.clone();
    let caller = pool.apply(async move {
        own(99).await;
        let beside = async {
            for _ in 0..20 {
                assert_eq!(OWN.get().unwrap(), [99], "the other branch of the same task");
                yield_now().await;
            }
        };
        let (each, ()) = join(inner.map(0..10, own), beside).await;
        assert_eq!(each.unwrap(), (0..10).map(|n| vec![n]).collect::<Vec<_>>());
        assert_eq!(inner.apply(own(10)).await.unwrap(), [10]);
        OWN.get().unwrap()
    });
    assert_eq!(caller.await.unwrap(), [99]);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_panics_while_it_is_dropped_costs_no_slot() {
    struct Bad(bool);
    impl Drop for Bad {
        fn drop(&mut self) {
            assert!(!self.0, "on the way out");
        }
    }
    let pool = Pool::new(2);
    let work = |n: u32| async move {
        let mut bad = Bad(true);
        if n == 0 {
            pending::<()>().await;
        }
        bad.0 = false;
    };
    assert!(pool.map(0..5, work).timeout(secs(1)).await.is_err());
    pool.join().await;
    assert_eq!(pool.free(), 2);
    let inner = pool.clone();
    let caller = pool.try_spawn(async move { inner.map(0..5, work).await });
    until_idle().await;
    caller.unwrap().kill().await;
    assert_eq!(pool.free(), 2);
}
