//! The lock that its owner may take again.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::poll_fn;
use futures_util::stream::FuturesUnordered;
use greenroom_core::{Event, RLock, RLockTryAcquireError, Task, spawn};
use greenroom_testkit::until_idle;
use tokio::task::yield_now;
use tokio::time::sleep;

/// A task that takes the lock, and keeps it until it is told to go.
fn holder(lock: &RLock) -> (Task<()>, Event) {
    let (lock, go) = (lock.clone(), Event::new());
    let told = go.clone();
    let task = spawn(async move {
        let _guard = lock.acquire().await.unwrap();
        told.wait().await;
    });
    (task, go)
}

#[tokio::test(start_paused = true)]
async fn the_owner_takes_it_again_at_once_and_gives_it_up_with_the_last_guard() {
    let lock = RLock::new();
    let handle = lock.clone();
    let task = spawn(async move {
        let one = handle.acquire().await.unwrap();
        let two = handle.acquire().await.unwrap();
        let three = handle.try_acquire().unwrap();
        drop((one, three));
        sleep(Duration::from_secs(1)).await;
        assert!(handle.is_locked());
        two.release().unwrap();
        assert!(!handle.is_locked());
    });
    until_idle().await;
    assert_eq!(lock.owner(), Some(task.id()));
    let other = spawn(async move {
        drop(lock.try_acquire()?.release());
        Ok::<_, RLockTryAcquireError>(())
    });
    assert_eq!(other.take().await.unwrap(), Err(RLockTryAcquireError::Held));
    task.get().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn tasks_exclude_each_other_in_the_order_of_their_arrival_and_nobody_overtakes() {
    let lock = RLock::new();
    let order = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..4)
        .map(|number| {
            let (lock, order) = (lock.clone(), order.clone());
            spawn(async move {
                for round in 0..2 {
                    let guard = lock.acquire().await.unwrap();
                    order.lock().unwrap().push((round, number));
                    yield_now().await;
                    // Asking again at once does not overtake those who wait.
                    drop(guard);
                }
            })
        })
        .collect();
    for task in tasks {
        task.get().await.unwrap();
    }
    let expected: Vec<_> = (0..2).flat_map(|round| (0..4).map(move |number| (round, number))).collect();
    assert_eq!(*order.lock().unwrap(), expected);
    assert!(!lock.is_locked());
}

#[tokio::test(start_paused = true)]
async fn two_branches_of_one_join_are_one_owner() {
    let lock = RLock::new();
    spawn(async move {
        let (one, two) = tokio::join!(lock.acquire(), lock.acquire());
        assert_eq!(one.unwrap().owner(), two.unwrap().owner());
    })
    .get()
    .await
    .unwrap();
}

#[tokio::test(start_paused = true)]
async fn waiting_branches_of_one_task_are_handed_the_lock_together() {
    let lock = RLock::new();
    let (first, go) = holder(&lock);
    until_idle().await;
    let handle = lock.clone();
    let branches = spawn(async move {
        // Polls only those that were woken.
        let mut both: FuturesUnordered<_> = [handle.acquire(), handle.acquire()].into_iter().collect();
        let one = both.next().await.unwrap().unwrap();
        let two = both.next().await.unwrap().unwrap();
        drop((one, two));
    });
    until_idle().await;
    let (last, _) = holder(&lock);
    until_idle().await;
    go.set();
    until_idle().await;
    assert!(first.is_finished() && branches.is_successful());
    assert_eq!(lock.owner(), Some(last.id()));
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_task_it_is_an_error() {
    let lock = RLock::new();
    let error = lock.acquire().await.unwrap_err();
    assert_eq!(error.to_string(), "a lock that belongs to tasks was asked for outside of a task");
    assert_eq!(lock.try_acquire().unwrap_err(), RLockTryAcquireError::NoTask);
    assert!(!lock.is_locked());
}

#[tokio::test(start_paused = true)]
async fn a_killed_owner_gives_it_up_to_the_next() {
    let lock = RLock::new();
    let (first, _) = holder(&lock);
    let (second, _) = holder(&lock);
    until_idle().await;
    assert_eq!(lock.owner(), Some(first.id()));
    first.kill().await;
    assert_eq!(lock.owner(), Some(second.id()));
    until_idle().await;
    second.kill().await;
    assert!(!lock.is_locked());
}

#[tokio::test(start_paused = true)]
async fn a_waiter_killed_after_it_was_handed_the_lock_passes_it_on() {
    let lock = RLock::new();
    let (_, go) = holder(&lock);
    until_idle().await;
    let (handed, _) = holder(&lock);
    let (next, _) = holder(&lock);
    until_idle().await;
    go.set();
    // The first runs and hands it over; the second does not run before it is killed.
    while lock.owner() != Some(handed.id()) {
        yield_now().await;
    }
    handed.kill().await;
    assert_eq!(lock.owner(), Some(next.id()));
}

#[tokio::test(start_paused = true)]
async fn a_guard_dropped_elsewhere_gives_the_lock_back_but_only_its_owner_may_release_it() {
    let lock = RLock::new();
    let handle = lock.clone();
    let owner = spawn(async move { (handle.acquire().await.unwrap(), handle.acquire().await.unwrap()) });
    let id = owner.id();
    let (one, two) = owner.await.unwrap();
    assert_eq!(lock.owner(), Some(id)); // though it is over
    std::thread::spawn(move || drop(one)).join().unwrap();
    assert!(lock.is_locked());
    let error = two.release().unwrap_err();
    assert_eq!(error.to_string(), format!("the lock belongs to task {id}, which alone may release it"));
    assert!(lock.is_locked());
    drop(error.into_guard());
    assert!(!lock.is_locked());
}

#[tokio::test(start_paused = true)]
async fn an_acquire_that_moves_to_another_task_begins_anew_there() {
    let lock = RLock::new();
    let (_, go) = holder(&lock);
    until_idle().await;
    let mut acquire = lock.acquire();
    let first = spawn(async move {
        assert!(is_pending(&mut acquire).await);
        (acquire,)
    });
    let (acquire,) = first.take().await.unwrap();
    go.set();
    until_idle().await;
    // It was handed to the first task; the second one polls.
    let second = spawn(async move { acquire.await.unwrap().owner() });
    assert_eq!(second.get().await.unwrap(), second.id());
    assert!(!lock.is_locked());
}

/// Polls it once.
async fn is_pending<F: Future + Unpin>(future: &mut F) -> bool {
    poll_fn(|cx| std::task::Poll::Ready(std::pin::Pin::new(&mut *future).poll(cx).is_pending())).await
}
