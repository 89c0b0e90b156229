//! `gevent.lock`.

use greenroom::{BoundedSemaphore, RLock, Semaphore, WithTimeout, spawn};

use crate::order::{Order, ms, settle, soon};

/// `acquire()` blocks while the counter is 0; `release()` lets the next one in.
#[tokio::test(start_paused = true)]
async fn a_semaphore_lets_in_as_many_as_it_counts() {
    let (semaphore, order) = (Semaphore::new(2), Order::default());
    for name in ["one", "two", "three"] {
        let (semaphore, log) = (semaphore.clone(), order.clone());
        spawn(async move {
            let _permit = semaphore.acquire().await;
            log.note(format!("{name} in"));
            tokio::time::sleep(ms(10)).await;
        });
    }
    settle().await;
    assert_eq!(order.read(), ["one in", "two in"]);
    assert!(semaphore.is_locked());
    tokio::time::sleep(ms(11)).await;
    assert_eq!(order.read(), ["one in", "two in", "three in"]);
}

/// Blocked waiters FIFO since 1.5a3 (#1487). gevent lets a running greenlet barge in; ours hands over.
#[tokio::test(start_paused = true)]
async fn waiters_are_served_first_come_first_served_and_nobody_barges_in() {
    let (semaphore, order) = (Semaphore::new(1), Order::default());
    let permit = semaphore.try_acquire().unwrap();
    for name in ["one", "two"] {
        let (semaphore, log) = (semaphore.clone(), order.clone());
        spawn(async move {
            let _permit = semaphore.acquire().await;
            log.note(name);
        });
    }
    settle().await;
    drop(permit);
    assert!(semaphore.try_acquire().is_none());
    settle().await;
    assert_eq!(order.read(), ["one", "two"]);
}

/// `acquire(timeout=t)` is False on timeout, and takes nothing.
#[tokio::test(start_paused = true)]
async fn an_acquire_that_times_out_takes_nothing() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    assert!(semaphore.acquire().timeout(ms(5)).await.is_err());
    drop(permit);
    assert_eq!(semaphore.available(), 1);
}

/// A killed holder gives its permit back, as `with semaphore:` does.
#[tokio::test(start_paused = true)]
async fn a_killed_holder_gives_its_permit_back() {
    let semaphore = Semaphore::new(1);
    let inside = semaphore.clone();
    let holder = spawn(async move {
        let _permit = inside.acquire().await;
        std::future::pending::<()>().await
    });
    settle().await;
    assert!(semaphore.is_locked());
    soon(holder.kill()).await;
    assert_eq!(semaphore.available(), 1);
}

/// `Semaphore.release()` may exceed the start value; `BoundedSemaphore.release()` past it is a ValueError.
#[tokio::test(start_paused = true)]
async fn only_a_bounded_semaphore_refuses_to_be_released_too_often() {
    let semaphore = Semaphore::new(1);
    semaphore.release();
    assert_eq!(semaphore.available(), 2);
    let bounded = BoundedSemaphore::new(1);
    assert!(bounded.release().is_err());
    assert_eq!(bounded.available(), 1);
}

/// `wait()` does not take.
#[tokio::test(start_paused = true)]
async fn wait_takes_nothing() {
    let semaphore = Semaphore::new(0);
    let waiter = spawn(semaphore.wait());
    settle().await;
    assert!(!waiter.is_finished());
    semaphore.release();
    soon(waiter.join()).await;
    assert_eq!(semaphore.available(), 1);
}

/// RLock: the owner is the greenlet, who may acquire it again; it is free after as many releases.
#[tokio::test(start_paused = true)]
async fn an_rlock_may_be_taken_again_by_its_owner() {
    let lock = RLock::new();
    let inside = lock.clone();
    let owner = spawn(async move {
        let once = inside.acquire().await.unwrap();
        let twice = inside.acquire().await.unwrap();
        drop(once);
        tokio::time::sleep(ms(10)).await;
        drop(twice);
    });
    settle().await;
    assert!(lock.is_locked());
    let (inside, start) = (lock.clone(), tokio::time::Instant::now());
    let other = spawn(async move { inside.acquire().await.is_ok() });
    assert!(soon(other).await.unwrap());
    assert_eq!(start.elapsed(), ms(10));
    soon(owner.join()).await;
    assert!(!lock.is_locked());
}

/// A release by somebody who is not the owner is a RuntimeError.
#[tokio::test(start_paused = true)]
async fn an_rlock_is_released_by_its_owner_only() {
    let lock = RLock::new();
    let inside = lock.clone();
    let (give, given) = tokio::sync::oneshot::channel();
    let owner = spawn(async move {
        let _ = give.send(inside.acquire().await.unwrap());
        std::future::pending::<()>().await
    });
    let guard = soon(given).await.unwrap();
    assert_eq!(lock.owner(), Some(owner.id()));
    let thief = spawn(async move { guard.release().is_err() });
    assert!(soon(thief).await.unwrap());
}

/// Outside of a greenlet the owner is the thread's main greenlet; outside of a task nobody could own ours, which is an
/// error.
#[tokio::test(start_paused = true)]
async fn an_rlock_cannot_be_had_outside_of_a_task() {
    assert!(RLock::new().acquire().await.is_err());
}
