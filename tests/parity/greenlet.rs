//! `gevent.greenlet`: spawn, get, join, links, names.

use std::future::pending;
use std::sync::{Arc, Mutex};

use greenroom::{
    AnyTask, Exit, Task, TaskBuilder, TaskError, WithTimeout, current, spawn, spawn_fallible, spawn_later,
};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};

use crate::order::{Order, ms, settle, soon};

/// 1.0.1: `spawn` appends to the run queue; a spawned greenlet never runs before its spawner yields.
#[tokio::test(start_paused = true)]
async fn a_spawned_task_does_not_run_before_its_spawner_yields() {
    let order = Order::default();
    let log = order.clone();
    let task = spawn(async move { log.note("spawned") });
    order.note("spawner");
    soon(task.join()).await;
    assert_eq!(order.read(), ["spawner", "spawned"]);
}

/// test__order: first-run order is spawn order, and nobody has a second turn before all had their first. Who comes
/// first after a yield is tokio's to say.
#[tokio::test(start_paused = true)]
async fn tasks_first_run_in_the_order_of_their_spawns() {
    let order = Order::default();
    let tasks = ["1", "2"].map(|name| {
        let log = order.clone();
        spawn(async move {
            log.note(format!("{name}A"));
            yield_now().await;
            log.note(format!("{name}B"));
        })
    });
    for task in tasks {
        soon(task.join()).await;
    }
    assert_eq!(order.read()[..2], ["1A", "2A"]);
    assert_eq!(order.read().len(), 4);
}

/// `spawn_later(seconds, f)`: a timer start.
#[tokio::test(start_paused = true)]
async fn spawn_later_runs_after_its_delay() {
    let start = Instant::now();
    let task = spawn_later(ms(30), async move { start.elapsed() });
    assert_eq!(soon(task.get()).await.unwrap(), ms(30));
}

/// `spawn_later`: killable before it fires, and then never runs.
#[tokio::test(start_paused = true)]
async fn spawn_later_that_is_killed_never_runs() {
    let order = Order::default();
    let log = order.clone();
    let task = spawn_later(ms(30), async move { log.note("ran") });
    sleep(ms(10)).await;
    soon(task.kill()).await;
    sleep(ms(50)).await;
    assert!(order.read().is_empty());
}

/// States: *unstarted* is not dead, not ready, not successful.
#[tokio::test(start_paused = true)]
async fn an_unstarted_task_is_neither_started_nor_finished() {
    let task = TaskBuilder::new().unstarted().spawn(async { 1 });
    assert!(!task.is_started() && !task.is_finished() && !task.is_successful());
}

/// `start()`: no-op if already started or finished; a greenlet cannot be restarted.
#[tokio::test(start_paused = true)]
async fn start_works_once() {
    let order = Order::default();
    let log = order.clone();
    let task = TaskBuilder::new().unstarted().spawn(async move { log.note("ran") });
    task.start();
    task.start();
    soon(task.join()).await;
    task.start();
    settle().await;
    assert_eq!(order.read(), ["ran"]);
}

/// `started`, `ready()`, `successful()`, `value` over a greenlet's life. `is_started` stays true after the end, where
/// gevent's deprecated `started` turns false.
#[tokio::test(start_paused = true)]
async fn the_flags_follow_the_life_of_a_task() {
    let task = spawn(async {
        sleep(ms(1)).await;
        5
    });
    assert!(task.is_started() && !task.is_finished());
    assert!(task.exit().is_none());
    soon(task.join()).await;
    assert!(task.is_started() && task.is_finished() && task.is_successful());
    assert_eq!(soon(task.get()).await.unwrap(), 5);
}

/// `get()` re-raises the original error object.
#[tokio::test(start_paused = true)]
async fn get_gives_the_error_of_the_body() {
    let task = spawn_fallible(async { "x".parse::<u8>() });
    let Err(TaskError::Failed(error)) = soon(task.get()).await else { panic!("it failed") };
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
    assert!(!task.is_successful());
}

/// `get()`: any number of times, from many greenlets.
#[tokio::test(start_paused = true)]
async fn get_may_be_called_by_many_and_often() {
    let task = spawn(async {
        sleep(ms(5)).await;
        String::from("value")
    });
    let getters: Vec<_> = (0..3).map(|_| spawn(task.get())).collect();
    for getter in getters {
        assert_eq!(soon(getter).await.unwrap().unwrap(), "value");
    }
    assert_eq!(soon(&task).await.unwrap(), "value");
}

/// `get(block=False)` of an unfinished greenlet raises `Timeout()`; ours asks `exit()`, or gives `get` no time.
#[tokio::test(start_paused = true)]
async fn get_without_time_fails_while_the_task_runs() {
    let task = spawn(pending::<()>());
    settle().await;
    assert!(task.get().timeout(ms(0)).await.is_err());
    assert!(task.exit().is_none());
}

/// `get(timeout=t)` raises Timeout; the greenlet goes on.
#[tokio::test(start_paused = true)]
async fn get_with_a_timeout_leaves_the_task_alone() {
    let task = spawn(async {
        sleep(ms(30)).await;
        1
    });
    assert!(task.get().timeout(ms(10)).await.is_err());
    assert_eq!(soon(task.get()).await.unwrap(), 1);
}

/// `join()` never raises the greenlet's error.
#[tokio::test(start_paused = true)]
async fn join_tells_the_end_and_never_fails() {
    assert!(matches!(soon(spawn_fallible(async { Err::<(), _>("no") }).join()).await, Exit::Failed(_)));
    assert!(matches!(soon(spawn(async { panic!("ouch") }).join()).await, Exit::Panicked(_)));
}

/// `join(timeout=t)` swallows its own timer only.
#[tokio::test(start_paused = true)]
async fn join_with_a_timeout_returns_in_time() {
    let start = Instant::now();
    let task = spawn(pending::<()>());
    assert!(task.join().timeout(ms(10)).await.is_err());
    assert_eq!(start.elapsed(), ms(10));
}

/// `rawlink`/`link` also when linked after finish: scheduled, never inline.
#[tokio::test(start_paused = true)]
async fn a_link_made_after_the_end_is_called_later() {
    let order = Order::default();
    let task = spawn(async {});
    soon(task.join()).await;
    let log = order.clone();
    task.link(|_| async move { log.note("link") });
    order.note("linked");
    settle().await;
    assert_eq!(order.read(), ["linked", "link"]);
}

/// Links are a list, FIFO; the same callback twice runs twice.
#[tokio::test(start_paused = true)]
async fn links_run_in_order_and_as_often_as_they_were_made() {
    let order = Order::default();
    let task = spawn(async {});
    for word in ["one", "two", "two"] {
        let log = order.clone();
        task.link(move |_| async move { log.note(word) });
    }
    soon(task.join()).await;
    settle().await;
    assert_eq!(order.read(), ["one", "two", "two"]);
}

/// `link`: the callback runs in its own greenlet, so it may block; and it gets the greenlet.
#[tokio::test(start_paused = true)]
async fn a_link_may_wait() {
    let order = Order::default();
    let task = spawn(async { 3 });
    let log = order.clone();
    task.link(|task| async move {
        sleep(ms(5)).await;
        log.note(format!("{}", task.get().await.unwrap()));
    });
    sleep(ms(10)).await;
    assert_eq!(order.read(), ["3"]);
}

/// `link_value` only if successful, `link_exception` only otherwise. A kill counts as success in gevent, as an error
/// here.
#[tokio::test(start_paused = true)]
async fn link_value_and_link_error_choose() {
    async fn calls<T: Send + 'static>(task: Task<T>) -> Vec<String> {
        let order = Order::default();
        let (value, error) = (order.clone(), order.clone());
        task.link_value(|_| async move { value.note("value") });
        task.link_error(|_| async move { error.note("error") });
        settle().await;
        soon(task.kill()).await;
        settle().await;
        order.read()
    }
    assert_eq!(calls(spawn(async {})).await, ["value"]);
    assert_eq!(calls(spawn_fallible(async { Err::<(), _>("no") })).await, ["error"]);
    assert_eq!(calls(spawn(pending::<()>())).await, ["error"]);
}

/// `unlink(cb)`: a missing callback is ignored.
#[tokio::test(start_paused = true)]
async fn unlink_takes_a_link_back_and_ignores_what_it_does_not_know() {
    let order = Order::default();
    let task = spawn(async {});
    let log = order.clone();
    let link = task.link(|_| async move { log.note("never") });
    task.unlink(link);
    task.unlink(link);
    soon(task.join()).await;
    settle().await;
    assert!(order.read().is_empty());
}

/// 1.0.7: an error in one link is reported, and the remaining links still run.
#[tokio::test(start_paused = true)]
async fn a_failing_link_does_not_stop_the_others() {
    let order = Order::default();
    let task = spawn(async {});
    task.link(|_| async { panic!("in a link") });
    let log = order.clone();
    task.link(|_| async move { log.note("second") });
    soon(task.join()).await;
    settle().await;
    assert_eq!(order.read(), ["second"]);
}

/// Killed before its start: links do fire.
#[tokio::test(start_paused = true)]
async fn links_fire_for_a_task_that_never_ran() {
    let order = Order::default();
    let task = spawn(async {});
    let log = order.clone();
    task.link(|task| async move { log.note(format!("{}", task.exit().unwrap())) });
    task.kill_nowait();
    settle().await;
    assert_eq!(order.read(), ["killed"]);
}

/// `name`, `spawning_greenlet`, `minimal_ident`. Ours are numbers that are never used again, and a task without a name
/// has none.
#[tokio::test(start_paused = true)]
async fn a_task_knows_its_name_number_and_spawner() {
    let parent = TaskBuilder::new().name("parent").spawn(async {
        let child = spawn(async {});
        (child.parent(), child.name().map(str::to_owned))
    });
    let (of_child, name) = soon(parent.get()).await.unwrap();
    assert_eq!(of_child, Some(parent.id()));
    assert_eq!(name, None);
    assert_eq!(parent.name(), Some("parent"));
}

/// `getcurrent()`.
#[tokio::test(start_paused = true)]
async fn current_is_the_running_task() {
    let task = spawn(async { current().unwrap() });
    assert_eq!(soon(task.get()).await.unwrap(), AnyTask::from(&task));
    assert!(current().is_none());
}

/// A greenlet that is referenced by nobody still runs to its end.
#[tokio::test(start_paused = true)]
async fn a_task_without_handles_runs_to_its_end() {
    let order = Order::default();
    let log = order.clone();
    drop(spawn(async move {
        sleep(ms(5)).await;
        log.note("done");
    }));
    sleep(ms(10)).await;
    assert_eq!(order.read(), ["done"]);
}

/// `_run` and its arguments are released on finish, and on a kill before the start.
#[tokio::test(start_paused = true)]
async fn what_a_body_holds_is_released_at_the_end() {
    let held = Arc::new(Mutex::new(()));
    let (one, two) = (held.clone(), held.clone());
    let finished = spawn(async move { drop(one) });
    let killed = TaskBuilder::new().unstarted().spawn(async move { drop(two) });
    soon(finished.join()).await;
    soon(killed.kill()).await;
    assert_eq!(Arc::strong_count(&held), 1);
}

/// 1.0.5: gevent raises `LoopExit` when nothing can ever wake the caller. Ours has no such thing, but a wait for oneself
/// is told.
#[tokio::test(start_paused = true)]
async fn a_task_that_waits_for_itself_is_told() {
    let own: Arc<Mutex<Option<Task<()>>>> = Arc::default();
    let mine = own.clone();
    let task = spawn(async move {
        yield_now().await;
        let own = mine.lock().unwrap().take().unwrap();
        assert!(matches!(own.get().await, Err(TaskError::Itself)));
    });
    *own.lock().unwrap() = Some(task.clone());
    assert!(soon(task.join()).await.is_finished());
}
