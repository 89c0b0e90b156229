//! `gevent.event`: Event and AsyncResult.

use greenroom::{AsyncResult, Event, WithTimeout, spawn, spawn_fallible};

use crate::order::{Order, ms, settle, soon};

/// `set()` wakes every waiter registered at that time, even if `clear()` follows before they run.
#[tokio::test(start_paused = true)]
async fn set_then_clear_wakes_everybody_who_waited() {
    let event = Event::new();
    let waiters: Vec<_> = (0..3).map(|_| spawn(event.wait())).collect();
    settle().await;
    event.set();
    event.clear();
    for waiter in waiters {
        assert!(soon(waiter.join()).await.is_finished());
    }
    assert!(!event.is_set());
}

/// Wake order FIFO.
#[tokio::test(start_paused = true)]
async fn waiters_wake_first_come_first_served() {
    let (event, order) = (Event::new(), Order::default());
    for name in ["one", "two", "three"] {
        let (event, log) = (event.clone(), order.clone());
        spawn(async move {
            event.wait().await;
            log.note(name);
        });
    }
    settle().await;
    event.set();
    settle().await;
    assert_eq!(order.read(), ["one", "two", "three"]);
}

/// `wait()` on a set event returns at once; `set` is idempotent; `clear` resets.
#[tokio::test(start_paused = true)]
async fn a_set_event_lets_everybody_pass_until_it_is_cleared() {
    let event = Event::new();
    event.set();
    event.set();
    soon(event.wait()).await;
    event.clear();
    assert!(event.wait().timeout(ms(5)).await.is_err());
}

/// `wait(timeout)` is False only if its own timer expired.
#[tokio::test(start_paused = true)]
async fn a_wait_that_times_out_leaves_the_event_alone() {
    let event = Event::new();
    assert!(event.wait().timeout(ms(5)).await.is_err());
    event.set();
    assert!(event.wait().timeout(ms(5)).await.is_ok());
}

/// `AsyncResult.set` gives its value to every getter, before and after.
#[tokio::test(start_paused = true)]
async fn every_getter_has_the_value() {
    let result = AsyncResult::new();
    let getters: Vec<_> = (0..3).map(|_| spawn(result.get())).collect();
    settle().await;
    result.set(5).unwrap();
    for getter in getters {
        assert_eq!(soon(getter).await.unwrap().unwrap(), 5);
    }
    assert_eq!(soon(result.get()).await.unwrap(), 5);
}

/// `set_exception`: every getter raises it.
#[tokio::test(start_paused = true)]
async fn every_getter_has_the_error() {
    let result = AsyncResult::<u8, &str>::default();
    result.set_error("no").unwrap();
    assert_eq!(soon(result.get()).await, Err("no"));
    assert!(result.is_ready() && !result.is_successful());
}

/// May be set repeatedly in gevent, last value wins (marked: not to be ported). Ours is set once, and gives the second
/// value back.
#[tokio::test(start_paused = true)]
async fn a_second_set_gets_its_value_back() {
    let result = AsyncResult::<_, ()>::default();
    result.set(1).unwrap();
    assert_eq!(result.set(2).unwrap_err().into_inner(), 2);
    assert_eq!(soon(result.get()).await, Ok(1));
}

/// `get(block=False)`, `get_nowait()`.
#[tokio::test(start_paused = true)]
async fn try_get_does_not_wait() {
    let result = AsyncResult::<_, ()>::default();
    assert_eq!(result.try_get(), None);
    result.set(1).unwrap();
    assert_eq!(result.try_get(), Some(Ok(1)));
}

/// `task.link(result)`: an AsyncResult is a link target that copies value or exception of a finished source.
#[tokio::test(start_paused = true)]
async fn a_link_fills_a_result() {
    let (good, bad) = (AsyncResult::<u8>::new(), AsyncResult::<u8>::new());
    let (of_good, of_bad) = (good.clone(), bad.clone());
    spawn(async { 4 }).link(|task| async move {
        let _ = of_good.set(task.get().await.unwrap());
    });
    spawn_fallible(async { Err::<u8, _>("no") }).link(|task| async move {
        let _ = of_bad.fail(task.get().await.unwrap_err());
    });
    assert_eq!(soon(good.get()).await.unwrap(), 4);
    assert!(soon(bad.get()).await.is_err());
}
