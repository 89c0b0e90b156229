//! `gevent.joinall`, `killall`, `wait`, `iwait`.

use std::future::pending;

use futures_util::StreamExt;
use greenroom::{
    AnyTask, Event, Exit, Semaphore, WithTimeout, finally, iwait, join_all, kill_all, spawn, spawn_fallible,
    try_join_all, wait,
};
use tokio::time::{Instant, sleep};

use crate::order::{Order, ms, settle, soon};

/// `joinall(raise_error=False)`: the finished, in finish order.
#[tokio::test(start_paused = true)]
async fn join_all_gives_the_tasks_in_the_order_of_their_ends() {
    let tasks = [30, 10, 20].map(|time| spawn(async move { sleep(ms(time)).await }));
    let ended = soon(join_all(&tasks)).await;
    assert_eq!(ended, [&tasks[1], &tasks[2], &tasks[0]].map(AnyTask::from));
}

/// `joinall(count=n)` returns after n.
#[tokio::test(start_paused = true)]
async fn join_all_is_content_with_a_count() {
    let tasks = [30, 10, 20].map(|time| spawn(async move { sleep(ms(time)).await }));
    let start = Instant::now();
    assert_eq!(soon(join_all(&tasks).count(2)).await.len(), 2);
    assert_eq!(start.elapsed(), ms(20));
}

/// Duplicates count separately and all come back: `[a, b, a]` gives 3.
#[tokio::test(start_paused = true)]
async fn join_all_counts_a_task_as_often_as_it_is_given() {
    let (a, b) = (spawn(async {}), spawn(async {}));
    assert_eq!(soon(join_all([&a, &b, &a])).await.len(), 3);
}

/// `joinall(raise_error=False)` does not raise; `raise_error=True` raises the first error in completion order and leaves
/// the others running.
#[tokio::test(start_paused = true)]
async fn try_join_all_gives_the_first_error_and_leaves_the_rest_alone() {
    let fails = |time, word: &'static str| {
        spawn_fallible(async move {
            sleep(ms(time)).await;
            Err::<(), _>(word)
        })
    };
    let tasks: Vec<AnyTask> =
        vec![fails(20, "later").into(), fails(10, "first").into(), spawn(pending::<()>()).into()];
    let error = soon(try_join_all(&tasks)).await.unwrap_err();
    assert_eq!(error.to_string(), "the task failed: first");
    assert!(!tasks[0].is_finished() && !tasks[2].is_finished());
    assert_eq!(soon(join_all(&tasks).count(2)).await.len(), 2);
}

/// `joinall(timeout=t)`; and of nothing it returns at once.
#[tokio::test(start_paused = true)]
async fn join_all_may_be_limited_and_is_ready_for_nothing() {
    let tasks = [spawn(pending::<()>())];
    assert!(join_all(&tasks).timeout(ms(5)).await.is_err());
    assert!(soon(join_all(Vec::<AnyTask>::new())).await.is_empty());
}

/// `killall` phase 1 cancels all that never ran without switching to them.
#[tokio::test(start_paused = true)]
async fn kill_all_never_lets_run_who_has_not_run() {
    let order = Order::default();
    let tasks = [0, 1].map(|_| {
        let log = order.clone();
        spawn(async move { log.note("ran") })
    });
    let exits = soon(kill_all(&tasks)).await;
    assert!(exits.iter().all(Exit::is_killed));
    assert!(order.read().is_empty());
}

/// `killall(block=True)` joins the survivors; all are shot before any is waited for.
#[tokio::test(start_paused = true)]
async fn kill_all_lets_all_clean_up_at_once_and_waits() {
    let tasks = [30, 10].map(|time| spawn(finally(pending::<()>(), async move { sleep(ms(time)).await })));
    settle().await;
    let start = Instant::now();
    soon(kill_all(&tasks)).await;
    assert_eq!(start.elapsed(), ms(30));
    assert!(soon(kill_all(Vec::<AnyTask>::new())).await.is_empty());
}

/// `killall(timeout=t)` raises and leaves the rest; ours cuts off what is late, and tells.
#[tokio::test(start_paused = true)]
async fn kill_all_within_cuts_off_who_is_late() {
    let tasks = [30, 1].map(|time| spawn(finally(pending::<()>(), async move { sleep(ms(time)).await })));
    settle().await;
    let exits = soon(kill_all(&tasks).within(ms(10))).await;
    assert!(matches!(exits[..], [Exit::CutOff(_), Exit::Killed(_)]));
}

/// `wait` works on anything with rawlink: Greenlet, Event, AsyncResult, Semaphore.
#[tokio::test(start_paused = true)]
async fn wait_takes_things_of_different_kinds() {
    let (event, semaphore) = (Event::new(), Semaphore::new(0));
    let task = spawn(async { sleep(ms(10)).await });
    let things = [(&event).into(), (&semaphore).into(), (&task).into()];
    let waiting = spawn(wait(things));
    settle().await;
    semaphore.release();
    settle().await;
    event.set();
    assert_eq!(soon(waiting).await.unwrap(), [1, 0, 2]);
    // A semaphore is only looked at.
    assert_eq!(semaphore.available(), 1);
}

/// `wait([])` is `[]`; `count` is capped at len.
#[tokio::test(start_paused = true)]
async fn wait_for_nothing_and_for_more_than_there_is() {
    assert!(soon(wait([])).await.is_empty());
    let task = spawn(async {});
    assert_eq!(soon(wait([(&task).into()]).count(9)).await, [0]);
}

/// `iwait` survives the caller's switching between items (#467).
#[tokio::test(start_paused = true)]
async fn iwait_misses_nothing_while_its_reader_is_busy() {
    let tasks = [10, 20, 30].map(|time| spawn(async move { sleep(ms(time)).await }));
    let mut ready = iwait(tasks.iter().map(Into::into));
    let mut seen = Vec::new();
    while let Some(index) = soon(ready.next()).await {
        sleep(ms(100)).await;
        seen.push(index);
    }
    assert_eq!(seen, [0, 1, 2]);
}
