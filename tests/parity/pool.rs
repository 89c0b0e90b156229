//! `gevent.pool`: Group, Pool and their maps.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use greenroom::{AnyTask, Exit, Group, Pool, TaskError, WithTimeout, finally, spawn};
use tokio::time::{Instant, sleep};

use crate::order::{Order, ms, settle, soon};

async fn nap(time: u64) -> u64 {
    sleep(ms(time)).await;
    time
}

/// A group tracks live members and removes them at their end.
#[tokio::test(start_paused = true)]
async fn a_group_holds_who_is_alive() {
    let group = Group::new();
    let (short, long) = (group.spawn(nap(10)), group.spawn(nap(20)));
    assert_eq!(group.len(), 2);
    assert!(group.contains(&short) && group.contains(&long));
    soon(short.join()).await;
    settle().await;
    assert_eq!(group.len(), 1);
    soon(group.join()).await;
    assert!(group.is_empty());
}

/// `add(g)` has set semantics; `discard(g)` stops tracking and leaves the greenlet alone.
#[tokio::test(start_paused = true)]
async fn members_can_be_added_and_discarded() {
    let group = Group::new();
    let task = spawn(nap(10));
    group.add(&task);
    group.add(&task);
    assert_eq!(group.len(), 1);
    assert!(group.discard(&task));
    assert!(!group.discard(&task));
    soon(group.join()).await;
    assert_eq!(soon(task.get()).await.unwrap(), 10);
}

/// `join()` returns at once when empty, and may be limited.
#[tokio::test(start_paused = true)]
async fn join_waits_until_nobody_is_left() {
    let group = Group::new();
    soon(group.join()).await;
    group.spawn(nap(20));
    assert!(group.join().timeout(ms(5)).await.is_err());
    let start = Instant::now();
    soon(group.join()).await;
    assert_eq!(start.elapsed(), ms(15));
}

/// `kill()` kills in rounds: members added meanwhile (by a `finally` block) are killed before they first run.
#[tokio::test(start_paused = true)]
async fn kill_also_kills_who_is_added_meanwhile() {
    let (group, order) = (Group::new(), Order::default());
    let (inside, log) = (group.clone(), order.clone());
    group.spawn(finally(pending::<()>(), async move {
        inside.spawn(async move { log.note("ran") });
    }));
    settle().await;
    soon(group.kill()).await;
    assert!(group.is_empty() && order.read().is_empty());
}

/// `kill(timeout=t)` gives up on survivors, which stay members; `within` cuts them off.
#[tokio::test(start_paused = true)]
async fn kill_within_makes_an_end_of_it() {
    let group = Group::new();
    let late = group.spawn(finally(pending::<()>(), async { sleep(ms(100)).await }));
    settle().await;
    soon(group.kill().within(ms(10))).await;
    assert!(group.is_empty());
    assert!(matches!(late.exit(), Some(Exit::CutOff(_))));
}

/// `Pool(2).spawn` blocks while full.
#[tokio::test(start_paused = true)]
async fn spawn_waits_while_the_pool_is_full() {
    let pool = Pool::new(2);
    let start = Instant::now();
    for _ in 0..4 {
        pool.spawn(nap(10)).await.unwrap();
    }
    assert_eq!(start.elapsed(), ms(10));
    assert!(pool.is_full());
    soon(pool.join()).await;
    assert_eq!(start.elapsed(), ms(20));
}

/// `add(blocking=False)` on a full pool raises PoolFull, and does not start the greenlet. Ours gives the future back.
#[tokio::test(start_paused = true)]
async fn try_spawn_of_a_full_pool_gives_the_future_back() {
    let pool = Pool::new(1);
    pool.spawn(nap(10)).await.unwrap();
    let refused = pool.try_spawn(nap(20)).unwrap_err();
    assert_eq!(soon(refused.into_inner()).await, 20);
    assert!(pool.try_spawn(nap(5)).is_ok());
}

/// `free_count()`, `full()`, `wait_available()`.
#[tokio::test(start_paused = true)]
async fn free_slots_are_counted_and_waited_for() {
    let pool = Pool::new(2);
    assert_eq!(pool.free(), 2);
    pool.spawn(nap(10)).await.unwrap();
    assert!(pool.free() == 1 && !pool.is_full());
    pool.spawn(nap(20)).await.unwrap();
    assert!(pool.free() == 0 && pool.is_full());
    assert!(pool.wait_available().timeout(ms(5)).await.is_err());
    soon(pool.wait_available()).await;
    assert_eq!(pool.free(), 1);
}

/// `Pool(size=None)` is unlimited; `0` is legal, and spawn blocks for ever.
#[tokio::test(start_paused = true)]
async fn pools_without_a_bound_and_without_a_slot() {
    let unbounded = Pool::unbounded();
    for _ in 0..1000 {
        unbounded.try_spawn(nap(10)).unwrap();
    }
    assert_eq!(unbounded.len(), 1000);
    assert!(Pool::new(0).spawn(nap(1)).timeout(ms(5)).await.is_err());
}

/// `discard(non-member)` still releases a slot at gevent: marked not to be ported.
#[tokio::test(start_paused = true)]
async fn discarding_a_stranger_frees_no_slot() {
    let pool = Pool::new(1);
    pool.spawn(nap(10)).await.unwrap();
    assert!(!pool.discard(spawn(async {})));
    assert_eq!(pool.free(), 0);
}

/// `Pool.kill` does not touch greenlets blocked in spawn at gevent (#85, #1215); here they are refused.
#[tokio::test(start_paused = true)]
async fn a_killed_pool_refuses_who_waits_in_spawn() {
    let pool = Pool::new(1);
    pool.spawn(pending::<()>()).await.unwrap();
    let inside = pool.clone();
    let blocked = spawn(async move { inside.spawn(nap(1)).await.is_err() });
    settle().await;
    soon(pool.kill()).await;
    assert!(soon(blocked).await.unwrap());
    assert!(pool.is_empty());
}

/// `apply(func)` is spawn and get; called from a member of the same pool it runs inline, so size 1 cannot deadlock.
#[tokio::test(start_paused = true)]
async fn apply_from_a_member_runs_inline() {
    let pool = Pool::new(1);
    let inside = pool.clone();
    let nested = pool.apply(async move { inside.apply(nap(5)).await.unwrap() });
    assert_eq!(soon(nested).await.unwrap(), 5);
}

/// `map` is ordered, and runs at most `size` at once.
#[tokio::test(start_paused = true)]
async fn map_keeps_the_order_and_the_bound() {
    let pool = Pool::new(2);
    let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let peak = most.clone();
    let mapped = pool.map([40, 30, 20, 10], move |time| {
        let (running, most) = (running.clone(), most.clone());
        async move {
            most.fetch_max(running.fetch_add(1, Ordering::Relaxed) + 1, Ordering::Relaxed);
            sleep(ms(time)).await;
            running.fetch_sub(1, Ordering::Relaxed);
            time
        }
    });
    assert_eq!(soon(mapped).await.unwrap(), [40, 30, 20, 10]);
    assert_eq!(peak.load(Ordering::Relaxed), 2);
}

/// `map`: first error in *index* order raises. gevent lets the rest run on; ours ends what it started.
#[tokio::test(start_paused = true)]
async fn map_gives_the_first_error_in_the_order_of_the_items() {
    let pool = Pool::new(3);
    let mapped = pool.try_map([30_u64, 20, 10], |time| async move {
        sleep(ms(time)).await;
        if time == 10 { Ok(time) } else { Err(format!("error of {time}")) }
    });
    let error = soon(mapped).await.unwrap_err();
    assert!(matches!(&error, TaskError::Failed(error) if error.to_string() == "error of 30"), "{error}");
    settle().await;
    assert_eq!(pool.len(), 0);
}

/// `imap` is ordered.
#[tokio::test(start_paused = true)]
async fn imap_gives_in_the_order_of_the_items() {
    let pool = Pool::new(3);
    let values: Vec<_> = soon(pool.imap([30, 10, 20], nap).map(Result::unwrap).collect()).await;
    assert_eq!(values, [30, 10, 20]);
}

/// `imap_unordered` gives in completion order.
#[tokio::test(start_paused = true)]
async fn imap_unordered_gives_as_they_come() {
    let pool = Pool::new(3);
    let values: Vec<_> = soon(pool.imap_unordered([30, 10, 20], nap).map(Result::unwrap).collect()).await;
    assert_eq!(values, [10, 20, 30]);
}

/// An error is raised by the `next()` for that item; iteration continues after it.
#[tokio::test(start_paused = true)]
async fn imap_goes_on_after_the_error_of_an_item() {
    let pool = Pool::new(1);
    let results: Vec<_> = soon(
        pool.imap([1, 2, 3], |item| async move {
            assert!(item != 2, "not two");
            item
        })
        .collect(),
    )
    .await;
    assert!(matches!(&results[..], [Ok(1), Err(TaskError::Panicked(_)), Ok(3)]), "{results:?}");
}

/// `next()` after StopIteration blocks for ever at gevent; marked: fuse.
#[tokio::test(start_paused = true)]
async fn imap_is_over_when_it_is_over() {
    let pool = Pool::new(1);
    let mut values = pool.imap([1], nap);
    assert!(soon(values.next()).await.is_some());
    assert!(soon(values.next()).await.is_none());
    assert!(soon(values.next()).await.is_none());
}

/// `maxsize=n`: at most n started ahead of the reader.
#[tokio::test(start_paused = true)]
async fn imap_runs_only_so_far_ahead_of_its_reader() {
    let pool = Pool::new(2);
    let started = Arc::new(AtomicUsize::new(0));
    let count = started.clone();
    let mut values = pool.imap(0..100, move |item| {
        count.fetch_add(1, Ordering::Relaxed);
        async move { item }
    });
    settle().await;
    assert!(soon(values.next()).await.is_some());
    sleep(ms(100)).await;
    let so_far = started.load(Ordering::Relaxed);
    assert!(so_far <= 6, "{so_far} of 100");
    let rest: Vec<_> = soon(values.collect()).await;
    assert_eq!(rest.len(), 99);
}

/// Killing the caller of `map` does not stop it at gevent (#1215): all 20 still ran. Here it does.
#[tokio::test(start_paused = true)]
async fn killing_the_caller_of_map_stops_it() {
    let (pool, order) = (Pool::new(1), Order::default());
    let (inside, log) = (pool.clone(), order.clone());
    let caller = spawn(async move {
        let mapped = inside.map(0..20, move |_| {
            let log = log.clone();
            async move {
                sleep(ms(10)).await;
                log.note("ran");
            }
        });
        drop(mapped.await);
    });
    sleep(ms(45)).await;
    soon(caller.kill()).await;
    sleep(ms(500)).await;
    assert_eq!(order.read().len(), 4);
}

/// Dropping the last handle kills the members; gevent's garbage collector lets them live.
#[tokio::test(start_paused = true)]
async fn members_die_with_the_last_handle_unless_detached() {
    let group = Group::new();
    let task: AnyTask = group.spawn(pending::<()>()).into();
    settle().await;
    drop(group);
    assert!(soon(task.join()).await.is_killed());

    let group = Group::new();
    let task = group.spawn(nap(10));
    group.detach();
    drop(group);
    assert_eq!(soon(task.get()).await.unwrap(), 10);
}
