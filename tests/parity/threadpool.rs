//! `gevent.threadpool`. Threads are real, so there is no paused clock here; channels say when something has happened.

use std::sync::mpsc;

use greenroom::{Exit, TaskError, ThreadPool, WithTimeout, spawn};

use crate::order::{ms, settle};

/// `spawn(f)` gives a result, the value of the call.
#[tokio::test]
async fn a_call_gives_its_value() {
    let pool = ThreadPool::new(2);
    assert_eq!(pool.spawn(|| 6 * 7).await.unwrap().get().await.unwrap(), 42);
    assert_eq!(pool.apply(|| 6 * 7).await.unwrap(), 42);
}

/// A worker's error is re-raised by get.
#[tokio::test]
async fn a_panic_of_a_call_is_that_of_its_task() {
    let pool = ThreadPool::new(1);
    let task = pool.spawn(|| panic!("in a thread")).await.unwrap();
    let error = task.take().await.map(|(): ()| ()).unwrap_err();
    assert!(matches!(error, TaskError::Panicked(info) if info.message() == "in a thread"));
    assert_eq!(pool.apply(|| 1).await.unwrap(), 1);
}

/// `spawn` blocks when all threads are busy: at gevent one call more than there are threads is let in, here none.
#[tokio::test]
async fn spawn_waits_for_a_free_thread() {
    let pool = ThreadPool::new(1);
    let (go, gone) = mpsc::channel::<()>();
    let busy = pool.spawn(move || gone.recv().is_ok()).await.unwrap();
    assert_eq!(pool.len(), 1);
    assert!(pool.spawn(|| ()).timeout(ms(0)).await.is_err());
    assert!(pool.try_spawn(|| ()).is_err());
    let inside = pool.clone();
    let waiting = spawn(async move { inside.apply(|| 2).await });
    settle().await;
    assert!(!waiting.is_finished());
    go.send(()).unwrap();
    assert!(busy.get().await.unwrap());
    assert_eq!(waiting.await.unwrap().unwrap(), 2);
}

/// `maxsize` up wakes blocked spawns.
#[tokio::test]
async fn resizing_lets_waiting_calls_in() {
    let pool = ThreadPool::new(0);
    let inside = pool.clone();
    let waiting = spawn(async move { inside.apply(|| 2).await });
    settle().await;
    assert!(!waiting.is_finished());
    pool.resize(1);
    assert_eq!(pool.size(), 1);
    assert_eq!(waiting.await.unwrap().unwrap(), 2);
}

/// `map` in the order of the items.
#[tokio::test]
async fn map_keeps_the_order_of_the_items() {
    let pool = ThreadPool::new(3);
    assert_eq!(
        pool.map(0..10, |item| item * 2).await.unwrap(),
        (0..10).map(|item| item * 2).collect::<Vec<_>>()
    );
}

/// `apply` from a worker of the same pool runs inline (recursion is safe).
#[tokio::test]
async fn apply_from_within_runs_inline() {
    let pool = ThreadPool::new(1);
    let inside = pool.clone();
    let nested = pool.apply(move || tokio::runtime::Handle::current().block_on(inside.apply(|| 3)).unwrap());
    assert_eq!(nested.await.unwrap(), 3);
}

/// `join()` waits until no call is left; `kill()` waits for running ones and cannot interrupt a thread.
#[tokio::test]
async fn a_running_call_cannot_be_interrupted() {
    let pool = ThreadPool::new(1);
    let (begun, begin) = mpsc::channel::<()>();
    let (go, gone) = mpsc::channel::<()>();
    let task = pool
        .spawn(move || {
            begun.send(()).unwrap();
            gone.recv().is_ok()
        })
        .await
        .unwrap();
    tokio::task::spawn_blocking(move || begin.recv().unwrap()).await.unwrap();
    let killing = spawn(task.kill());
    let joining = spawn(pool.join());
    settle().await;
    assert!(!killing.is_finished() && !joining.is_finished());
    go.send(()).unwrap();
    assert!(matches!(killing.await.unwrap(), Exit::Finished));
    joining.await.unwrap();
    assert!(task.get().await.unwrap());
    assert!(pool.is_empty());
}
