//! Waits that cannot end by themselves, and waits that end together with something else.

use std::sync::{Arc, OnceLock};
use std::task::Context;
use std::time::Duration;

use greenroom_core::{Exit, Queue, Semaphore, Task, TaskError, WithTimeout, spawn};
use greenroom_testkit::{CountingWaker, until_idle};
use tokio::time::sleep;

const LIMIT: Duration = Duration::from_secs(1);

/// Two tasks of which each waits for the other's value, under a limit or without.
async fn two_that_wait_for_each_other(limit: Option<Duration>) -> [Task<bool>; 2] {
    let handles: [Arc<OnceLock<Task<bool>>>; 2] = Default::default();
    let [one, other] = [0, 1].map(|mine| {
        let handles = handles.clone();
        spawn(async move {
            let other = handles[1 - mine].get().expect("both are there").clone();
            other.get().timeout(limit).await.is_ok_and(|got| got.is_ok())
        })
    });
    assert!(handles[0].set(one.clone()).is_ok() && handles[1].set(other.clone()).is_ok());
    sleep(Duration::from_secs(3600)).await;
    [one, other]
}

/// Nobody detects the circle; it is the limit's to break.
#[tokio::test(start_paused = true)]
async fn two_tasks_that_wait_for_each_other_wait_until_a_limit_passes() {
    for task in two_that_wait_for_each_other(None).await {
        assert!(!task.is_finished(), "who ended it?");
    }
    let [one, other] = two_that_wait_for_each_other(Some(LIMIT)).await;
    let ends = [one.take().await.unwrap(), other.take().await.unwrap()];
    assert!(ends.contains(&false), "nobody's limit passed");
}

#[tokio::test(start_paused = true)]
async fn two_tasks_that_wait_for_each_other_come_apart_when_one_is_killed() {
    let [one, other] = two_that_wait_for_each_other(None).await;
    assert!(one.kill().await.is_killed());
    assert!(!other.take().await.unwrap(), "it learns that the other was killed");
}

/// Takes two locks, the second under a limit, and holds the first meanwhile.
async fn takes_both(first: Semaphore, second: Semaphore, limit: Option<Duration>) -> bool {
    let _first = first.acquire().await;
    sleep(Duration::from_millis(10)).await;
    second.acquire().timeout(limit).await.is_ok()
}

#[tokio::test(start_paused = true)]
async fn two_locks_taken_crosswise_come_apart_by_a_limit_or_a_kill() {
    let (left, right) = (Semaphore::new(1), Semaphore::new(1));
    for limit in [Some(LIMIT), None] {
        // The other one has no limit: it gets both when this one gives up.
        let one = spawn(takes_both(left.clone(), right.clone(), limit));
        let other = spawn(takes_both(right.clone(), left.clone(), None));
        sleep(LIMIT * 2).await;
        if limit.is_none() {
            assert!(!one.is_finished() && !other.is_finished(), "who set them free?");
            assert!(one.kill().await.is_killed());
        } else {
            assert!(!one.take().await.unwrap());
        }
        assert!(other.take().await.unwrap());
        assert_eq!((left.available(), right.available()), (1, 1));
    }
}

/// The price of a line that nobody may overtake. A wait in a task of its own is always polled.
#[tokio::test(start_paused = true)]
async fn a_turn_that_nobody_polls_holds_up_those_behind_until_it_is_dropped() {
    let semaphore = Semaphore::new(1);
    let held = semaphore.acquire().await;
    let mut unpolled = Box::pin(semaphore.acquire());
    let waker = CountingWaker::new();
    assert!(unpolled.as_mut().poll(&mut Context::from_waker(&waker.waker())).is_pending());
    let behind = spawn({
        let semaphore = semaphore.clone();
        async move { drop(semaphore.acquire().await) }
    });
    until_idle().await;
    drop(held);
    until_idle().await;
    assert_eq!(waker.count(), 1, "its turn has come, and it was told");
    assert!(!behind.is_finished());
    drop(unpolled);
    until_idle().await;
    assert!(behind.is_finished());
}

/// Two timers for the same moment; both orders of their start, hence both orders in which they wake.
#[tokio::test(start_paused = true)]
async fn an_item_that_comes_at_the_tick_of_the_limit_is_got_or_stays() {
    for putter_first in [true, false] {
        let queue = Queue::unbounded();
        let (putter, get) = (queue.clone(), queue.get().into_owned());
        let put = async move {
            sleep(LIMIT).await;
            putter.try_put(7).unwrap();
        };
        let get = async move { get.timeout(LIMIT).await };
        let (put, get) = if putter_first {
            (tokio::spawn(put), tokio::spawn(get))
        } else {
            let get = tokio::spawn(get);
            (tokio::spawn(put), get)
        };
        put.await.unwrap();
        let got = get.await.unwrap();
        assert_eq!(usize::from(got.is_ok()) + queue.len(), 1, "lost or doubled: {got:?}");
    }
}

/// Whoever comes first is the one who tells how it ended.
#[tokio::test(start_paused = true)]
async fn of_a_value_and_a_kill_in_the_same_moment_the_kill_wins_and_the_item_stays() {
    let queue = Queue::unbounded();
    let getter = spawn(queue.get().into_owned());
    until_idle().await;
    queue.try_put(7).unwrap();
    assert!(matches!(getter.kill().await, Exit::Killed(_)));
    assert!(matches!(getter.take().await, Err(TaskError::Killed(_))));
    assert_eq!(queue.try_get(), Ok(7));
}
