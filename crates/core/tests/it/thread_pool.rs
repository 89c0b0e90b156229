//! Calls that block, on threads of their own.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use futures_util::future::poll_fn;
use greenroom_core::{Exit, Task, TaskError, ThreadPool, ThreadTrySpawnError, WithTimeout, current};
use greenroom_testkit::DropCounter;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::yield_now;

/// A call that has begun, and returns when it is let go.
struct Held {
    task: Task<u8>,
    go: mpsc::Sender<()>,
}

/// Starts a call and waits until it runs.
async fn hold(pool: &ThreadPool) -> Held {
    let (go, gate) = mpsc::channel();
    let (begun, begins) = oneshot::channel();
    let call = move || {
        begun.send(()).unwrap();
        let _ = gate.recv();
        7
    };
    let task = pool.spawn(call).await.unwrap();
    begins.await.unwrap();
    Held { task, go }
}

#[tokio::test]
async fn a_call_runs_on_another_thread_outside_of_any_task() {
    let pool = ThreadPool::new(2);
    let here = std::thread::current().id();
    let task = pool.spawn(move || (std::thread::current().id() == here, current().is_some())).await.unwrap();
    assert_eq!(task.get().await.unwrap(), (false, false));
    assert!(task.spawned_at().file().ends_with("thread_pool.rs"));
    assert!(pool.is_empty());
}

#[tokio::test]
async fn at_most_so_many_run_and_the_others_wait_in_line() {
    let pool = ThreadPool::new(2);
    let (one, two) = (hold(&pool).await, hold(&pool).await);
    assert_eq!((pool.len(), pool.size()), (2, 2));
    assert_eq!(pool.try_spawn(|| ()).unwrap_err().to_string(), "the thread pool is full");
    let ran = Arc::new(AtomicBool::new(false));
    let third = tokio::spawn({
        let (pool, ran) = (pool.clone(), ran.clone());
        async move { pool.apply(move || ran.store(true, Ordering::Relaxed)).await }
    });
    for _ in 0..50 {
        yield_now().await;
    }
    assert!(!ran.load(Ordering::Relaxed));
    one.go.send(()).unwrap();
    third.await.unwrap().unwrap();
    assert!(ran.load(Ordering::Relaxed));
    two.go.send(()).unwrap();
    assert_eq!(two.task.get().await.unwrap(), 7);
}

#[tokio::test]
async fn a_place_goes_to_the_longest_waiting_and_past_one_that_gave_up() {
    let pool = ThreadPool::new(1);
    let held = hold(&pool).await;
    let mut gone = Box::pin(pool.spawn(|| 1));
    let mut next = Box::pin(pool.spawn(|| 2));
    assert!(is_pending(&mut gone).await);
    assert!(is_pending(&mut next).await);
    held.go.send(()).unwrap();
    held.task.join().await;
    // The place has been handed to the first; and a newcomer does not get it.
    assert!(matches!(pool.try_spawn(|| 3), Err(ThreadTrySpawnError::Full(_))));
    drop(gone);
    assert_eq!(next.await.unwrap().get().await.unwrap(), 2);
    assert!(pool.is_empty());
}

#[tokio::test]
async fn a_panic_in_the_call_is_how_its_task_ended_and_the_place_comes_back() {
    let pool = ThreadPool::new(1);
    let task: Task<()> = pool.spawn(|| panic!("on a thread")).await.unwrap();
    let Exit::Panicked(panic) = task.join().await else { panic!("it ended otherwise") };
    assert_eq!(panic.message(), "on a thread");
    assert!(pool.is_empty());
    let error = pool.apply(|| -> u8 { panic!("again") }).await.unwrap_err();
    assert!(matches!(error, TaskError::Panicked(panic) if panic.message() == "again"));
    assert_eq!(pool.apply(|| 1).await.unwrap(), 1);
}

#[tokio::test]
async fn a_kill_waits_for_a_call_that_runs_and_finds_it_finished() {
    let pool = ThreadPool::new(1);
    let held = hold(&pool).await;
    let mut kill = held.task.kill();
    assert!(is_pending(&mut kill).await);
    for _ in 0..50 {
        yield_now().await;
    }
    assert!(!held.task.is_finished());
    held.go.send(()).unwrap();
    assert!(matches!(kill.await, Exit::Finished));
    assert_eq!(held.task.get().await.unwrap(), 7);
}

#[tokio::test]
async fn a_task_killed_before_it_ran_makes_no_call() {
    let pool = ThreadPool::new(1);
    let ran = Arc::new(AtomicBool::new(false));
    let runs = ran.clone();
    let task = pool.try_spawn(move || runs.store(true, Ordering::Relaxed)).unwrap();
    assert!(matches!(task.kill().await, Exit::Killed(_)));
    assert!(pool.is_empty());
    pool.apply(|| ()).await.unwrap();
    assert!(!ran.load(Ordering::Relaxed));
    assert_eq!(Arc::strong_count(&ran), 1, "the call is dropped");
}

#[test]
fn a_call_that_no_thread_has_begun_is_killed_at_once_and_never_runs() {
    // The pool has room, tokio has not.
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let pool = ThreadPool::new(2);
        let held = hold(&pool).await;
        let ran = Arc::new(AtomicBool::new(false));
        let runs = ran.clone();
        let queued = pool.spawn(move || runs.store(true, Ordering::Relaxed)).await.unwrap();
        for _ in 0..10 {
            yield_now().await;
        }
        assert_eq!(pool.len(), 2);
        assert!(matches!(queued.kill().await, Exit::Killed(_)));
        assert_eq!((pool.len(), Arc::strong_count(&ran)), (1, 1));
        held.go.send(()).unwrap();
        pool.join().await;
        pool.apply(|| ()).await.unwrap();
        assert!(!ran.load(Ordering::Relaxed));
    });
}

#[tokio::test]
async fn cut_off_the_task_ends_in_time_and_the_call_keeps_its_place_until_it_returns() {
    let pool = ThreadPool::new(1);
    let held = hold(&pool).await;
    let exit = held.task.kill_within(Duration::from_millis(1)).await;
    assert!(matches!(exit, Exit::CutOff(_)));
    assert_eq!(pool.len(), 1);
    let mut join = pool.join();
    assert!(is_pending(&mut join).await);
    held.go.send(()).unwrap();
    join.await;
    assert_eq!(pool.apply(|| 2).await.unwrap(), 2);
}

#[tokio::test]
async fn a_killed_pool_refuses_who_waits_and_who_comes_and_waits_for_what_runs() {
    let pool = ThreadPool::new(1);
    let held = hold(&pool).await;
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.spawn(|| "waiting").await.map(|_| ()) }
    });
    let applied = tokio::spawn({
        let pool = pool.clone();
        async move { pool.apply(|| "waiting").await }
    });
    yield_now().await;
    let mut kill = pool.kill();
    assert!(is_pending(&mut kill).await);
    let error = waiting.await.unwrap().unwrap_err();
    assert_eq!((error.0)(), "waiting");
    let error = applied.await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the task was killed: the thread pool was killed");
    assert!(matches!(pool.try_spawn(|| ()), Err(ThreadTrySpawnError::Killed(_))));
    assert!(is_pending(&mut kill).await);
    held.go.send(()).unwrap();
    kill.await;
    assert!(held.task.is_successful() && pool.is_empty());
}

#[test]
fn tasks_of_a_runtime_that_goes_away_are_lost_and_their_calls_keep_their_places() {
    let runtime = Builder::new_current_thread().build().unwrap();
    let pool = ThreadPool::new(1);
    let held = runtime.block_on(hold(&pool));
    runtime.shutdown_background();
    assert!(matches!(held.task.exit(), Some(Exit::Lost)));
    assert_eq!(pool.len(), 1);
    held.go.send(()).unwrap();
    let other = Builder::new_current_thread().build().unwrap();
    other.block_on(pool.join());
    assert_eq!(other.block_on(pool.apply(|| 2)).unwrap(), 2);
}

#[tokio::test]
async fn join_waits_for_running_calls_and_is_ready_at_once_without() {
    let pool = ThreadPool::new(2);
    pool.join().await;
    let (one, two) = (hold(&pool).await, hold(&pool).await);
    let mut join = pool.join();
    one.go.send(()).unwrap();
    one.task.join().await;
    assert!(is_pending(&mut join).await);
    two.go.send(()).unwrap();
    join.await;
    assert!(two.task.is_finished());
}

#[tokio::test]
async fn map_keeps_the_order_of_the_items_and_its_bound() {
    let pool = ThreadPool::new(2);
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counting, peak) = (now.clone(), most.clone());
    let values = pool.map(0..100, move |n| {
        let running = counting.fetch_add(1, Ordering::SeqCst) + 1;
        peak.fetch_max(running, Ordering::SeqCst);
        std::thread::yield_now();
        counting.fetch_sub(1, Ordering::SeqCst);
        n * 2
    });
    assert_eq!(values.await.unwrap(), (0..100).map(|n| n * 2).collect::<Vec<_>>());
    assert!(most.load(Ordering::SeqCst) <= 2);
}

#[tokio::test]
async fn map_ends_with_the_first_panic_however_many_items_there_are() {
    let pool = ThreadPool::new(2);
    let error = pool.map(1_u64.., |n| assert!(n < 10, "item {n}")).await.unwrap_err();
    assert!(matches!(error, TaskError::Panicked(panic) if panic.message() == "item 10"));
    pool.join().await;
}

#[tokio::test]
async fn dropped_an_apply_or_a_map_makes_no_further_call() {
    let pool = ThreadPool::new(1);
    let held = hold(&pool).await;
    static DROPS: DropCounter = DropCounter::new();
    let counted = DROPS.counted();
    let mut apply = Box::pin(pool.apply(move || drop(counted)));
    let counted = DROPS.counted();
    let mut map = Box::pin(pool.map([1, 2], move |_| {
        let _ = &counted;
        unreachable!("it was dropped");
    }));
    assert!(is_pending(&mut apply).await && is_pending(&mut map).await);
    drop((apply, map));
    assert_eq!(DROPS.dropped(), 2);
    held.go.send(()).unwrap();
    pool.join().await;
}

#[test]
fn dropped_an_apply_or_a_map_takes_back_the_calls_that_no_thread_has_begun() {
    let runtime = Builder::new_current_thread().max_blocking_threads(1).build().unwrap();
    runtime.block_on(async {
        let pool = ThreadPool::new(3);
        let held = hold(&pool).await;
        let mut apply = Box::pin(pool.apply(|| -> () { unreachable!("it was dropped") }));
        let mut map = Box::pin(pool.map([1, 2], |_| -> () { unreachable!("it was dropped") }));
        for _ in 0..10 {
            assert!(is_pending(&mut apply).await && is_pending(&mut map).await);
            yield_now().await;
        }
        assert_eq!(pool.len(), 3);
        drop((apply, map));
        for _ in 0..10 {
            yield_now().await;
        }
        assert_eq!(pool.len(), 1);
        held.go.send(()).unwrap();
        pool.join().await;
    });
}

#[tokio::test]
async fn from_within_a_call_apply_and_map_run_on_the_same_thread() {
    fn sum(pool: &ThreadPool, n: u64) -> u64 {
        let inner = pool.clone();
        let rest = move || if n == 0 { 0 } else { n + sum(&inner, n - 1) };
        Handle::current().block_on(pool.apply(rest)).unwrap()
    }
    let pool = ThreadPool::new(1);
    let inner = pool.clone();
    assert_eq!(pool.apply(move || sum(&inner, 10)).await.unwrap(), 55);

    let inner = pool.clone();
    let mapped = pool.apply(move || {
        let here = std::thread::current().id();
        Handle::current().block_on(inner.map(0..3, move |n| (n, std::thread::current().id() == here)))
    });
    assert_eq!(mapped.await.unwrap().unwrap(), [(0, true), (1, true), (2, true)]);

    // Another pool is another pool.
    let other = ThreadPool::new(1);
    let there = pool.apply(move || {
        let here = std::thread::current().id();
        Handle::current().block_on(other.apply(move || std::thread::current().id() == here))
    });
    assert!(!there.await.unwrap().unwrap());
}

#[tokio::test]
async fn a_pool_of_none_waits_until_it_is_resized_and_a_smaller_one_lets_calls_return() {
    let pool = ThreadPool::new(0);
    assert!(pool.apply(|| 1).timeout(Duration::from_millis(1)).await.is_err());
    let mut waiting = Box::pin(pool.apply(|| 1));
    assert!(is_pending(&mut waiting).await);
    pool.resize(2);
    assert_eq!(waiting.await.unwrap(), 1);
    let (one, two) = (hold(&pool).await, hold(&pool).await);
    pool.resize(1);
    one.go.send(()).unwrap();
    one.task.join().await;
    assert!(matches!(pool.try_spawn(|| ()), Err(ThreadTrySpawnError::Full(_))));
    two.go.send(()).unwrap();
    two.task.join().await;
    assert_eq!(pool.apply(|| 2).await.unwrap(), 2);
}

/// Polls it once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_pending())).await
}
