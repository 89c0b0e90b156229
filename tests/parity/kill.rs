//! The kill matrix of `gevent.greenlet`.

use std::future::pending;

use greenroom::{Exit, Queue, TaskBuilder, TaskError, WithTimeout, current, finally, spawn};
use tokio::time::{Instant, sleep};

use crate::order::{Order, ms, settle, soon};

/// Unstarted, then `kill()`: dead and ready; a later `start()` does nothing.
#[tokio::test(start_paused = true)]
async fn an_unstarted_task_that_is_killed_never_starts() {
    let order = Order::default();
    let log = order.clone();
    let task = TaskBuilder::new().unstarted().spawn(async move { log.note("ran") });
    assert!(soon(task.kill()).await.is_killed());
    task.start();
    settle().await;
    assert!(task.is_finished() && order.read().is_empty());
}

/// Pending, `kill()`: the body never runs, links do fire.
#[tokio::test(start_paused = true)]
async fn a_pending_task_that_is_killed_never_runs() {
    let order = Order::default();
    let (log, linked) = (order.clone(), order.clone());
    let task = spawn(async move { log.note("ran") });
    task.link(|_| async move { linked.note("link") });
    soon(task.kill()).await;
    settle().await;
    assert_eq!(order.read(), ["link"]);
}

/// Running and parked, block=True: raised at the park point; kill returns when the greenlet is dead, `finally` and all.
#[tokio::test(start_paused = true)]
async fn kill_returns_when_the_clean_up_is_over() {
    let order = Order::default();
    let log = order.clone();
    let task = spawn(finally(pending::<()>(), async move {
        sleep(ms(30)).await;
        log.note("cleaned up");
    }));
    settle().await;
    let start = Instant::now();
    soon(task.kill()).await;
    assert_eq!(start.elapsed(), ms(30));
    assert_eq!(order.read(), ["cleaned up"]);
}

/// block=False: returns at once.
#[tokio::test(start_paused = true)]
async fn kill_nowait_returns_at_once() {
    let task = spawn(finally(pending::<()>(), async { sleep(ms(30)).await }));
    settle().await;
    let start = Instant::now();
    task.kill_nowait();
    assert!(!task.is_finished());
    soon(task.join()).await;
    assert_eq!(start.elapsed(), ms(30));
}

/// The exception a kill carries; ours is a reason in words, and `get` gives it as an error where gevent returns the
/// `GreenletExit`.
#[tokio::test(start_paused = true)]
async fn kill_carries_a_reason() {
    let task = spawn(pending::<()>());
    settle().await;
    let exit = soon(task.kill().reason("closing")).await;
    assert!(matches!(exit, Exit::Killed(reason) if reason.as_str() == "closing"));
    assert!(matches!(soon(task.get()).await, Err(TaskError::Killed(reason)) if reason.as_str() == "closing"));
    assert!(!task.is_successful());
}

/// Catches it and continues: with a timeout kill gives up waiting. Nothing can be caught here; a clean-up that takes too
/// long is cut off by `kill_within`, or merely not waited for by `kill().timeout(..)`.
#[tokio::test(start_paused = true)]
async fn a_kill_that_is_no_longer_waited_for_stands() {
    let task = spawn(finally(pending::<()>(), async { sleep(ms(100)).await }));
    settle().await;
    assert!(task.kill().timeout(ms(10)).await.is_err());
    assert!(!task.is_finished());
    assert!(matches!(soon(task.join()).await, Exit::Killed(_)));
}

/// Finished: immediate return, result unchanged; repeated kills are harmless.
#[tokio::test(start_paused = true)]
async fn killing_a_finished_task_changes_nothing() {
    let task = spawn(async { 1 });
    soon(task.join()).await;
    for _ in 0..2 {
        assert!(soon(task.kill()).await.is_finished());
    }
    assert_eq!(soon(task.get()).await.unwrap(), 1);
}

/// Killing self, block=True: dies at that call.
#[tokio::test(start_paused = true)]
async fn a_task_that_kills_itself_dies_there() {
    let order = Order::default();
    let log = order.clone();
    let task = spawn(async move {
        log.note("before");
        current().unwrap().kill().await;
        log.note("after");
    });
    assert!(soon(task.join()).await.is_killed());
    assert_eq!(order.read(), ["before"]);
}

/// Killing self, block=False: dies at its next yield.
#[tokio::test(start_paused = true)]
async fn a_task_that_kills_itself_without_waiting_dies_at_its_next_yield() {
    let order = Order::default();
    let log = order.clone();
    let task = spawn(async move {
        current().unwrap().kill_nowait();
        log.note("still here");
        tokio::task::yield_now().await;
        log.note("after");
    });
    assert!(soon(task.join()).await.is_killed());
    assert_eq!(order.read(), ["still here"]);
}

/// 1.0.4: code that never yields can neither be killed nor timed out.
#[tokio::test(start_paused = true)]
async fn code_that_never_yields_cannot_be_killed() {
    let task = spawn(async {
        current().unwrap().kill_nowait();
        2
    });
    assert_eq!(soon(task.get()).await.unwrap(), 2);
}

/// Inside Queue.get/put: the waiter entry is removed; nothing consumed, nothing put.
#[tokio::test(start_paused = true)]
async fn a_task_killed_in_a_queue_takes_and_leaves_nothing() {
    let queue = Queue::bounded(1);
    let inside = queue.clone();
    let getter = spawn(async move { inside.get().await });
    settle().await;
    soon(getter.kill()).await;
    queue.try_put(1).unwrap();
    assert_eq!(queue.len(), 1);

    let inside = queue.clone();
    let putter = spawn(async move { inside.put(2).await });
    settle().await;
    soon(putter.kill()).await;
    assert_eq!(queue.try_get().unwrap(), 1);
    settle().await;
    assert!(queue.is_empty());
}

/// Nested `finally` blocks run from the inside out.
#[tokio::test(start_paused = true)]
async fn nested_clean_ups_run_from_the_inside_out() {
    let order = Order::default();
    let (inner, outer) = (order.clone(), order.clone());
    let body = finally(pending::<()>(), async move { inner.note("inner") });
    let task = spawn(finally(body, async move { outer.note("outer") }));
    settle().await;
    soon(task.kill()).await;
    assert_eq!(order.read(), ["inner", "outer"]);
}

/// A kill does not reach the greenlets that the killed one had spawned.
#[tokio::test(start_paused = true)]
async fn children_survive_the_kill_of_their_parent() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let parent = spawn(async {
        let child = spawn(async {
            sleep(ms(20)).await;
            7
        });
        let _ = tell.send(child);
        pending::<()>().await
    });
    let child = soon(told).await.unwrap();
    soon(parent.kill()).await;
    assert_eq!(soon(child.get()).await.unwrap(), 7);
}
