//! `gevent.timeout`.

use std::future::{pending, ready};
use std::time::Duration;

use greenroom::{Event, Queue, Semaphore, Timeout, WithTimeout, finally, spawn, timeout, with_timeout_value};
use tokio::time::{Instant, sleep};

use crate::order::{Order, ms, settle, soon};

/// `with Timeout(seconds)`: raises after that time, at the point where the body waits.
#[tokio::test(start_paused = true)]
async fn a_timeout_fires_after_its_time() {
    let start = Instant::now();
    assert!(timeout(ms(10), pending::<()>()).await.is_err());
    assert_eq!(start.elapsed(), ms(10));
}

/// The body is quicker: the timer is cancelled.
#[tokio::test(start_paused = true)]
async fn a_quick_body_gives_its_value() {
    assert_eq!(timeout(ms(10), async { 1 }).await.unwrap(), 1);
}

/// `seconds=None` never fires.
#[tokio::test(start_paused = true)]
async fn none_never_fires() {
    assert!(timeout(None, sleep(Duration::from_secs(2000))).await.is_ok());
    let limit = Timeout::start_new(None);
    assert!(!limit.pending());
}

/// `0` fires as soon as the loop is reached.
#[tokio::test(start_paused = true)]
async fn zero_fires_at_the_first_wait() {
    assert!(timeout(ms(0), ready(())).await.is_ok());
    assert!(timeout(ms(0), sleep(ms(1))).await.is_err());
}

/// `with_timeout(seconds, f, timeout_value=v)` returns v only when this timer fired.
#[tokio::test(start_paused = true)]
async fn with_timeout_value_stands_in_only_for_its_own_timer() {
    assert_eq!(with_timeout_value(ms(10), pending(), "late").await, "late");
    assert_eq!(with_timeout_value(ms(10), ready("in time"), "late").await, "in time");
    let outer = timeout(ms(5), with_timeout_value(ms(10), pending(), "late")).await;
    assert!(outer.is_err());
}

/// Nested: whichever is first; identity decides who handles it.
#[tokio::test(start_paused = true)]
async fn of_nested_timeouts_the_first_to_pass_tells_and_identity_decides() {
    let (outer, inner) = (Timeout::new(ms(5)), Timeout::new(ms(50)));
    let elapsed = outer.run(inner.run(pending::<()>())).await.unwrap_err();
    assert!(elapsed.belongs_to(&outer) && !elapsed.belongs_to(&inner));

    let (outer, inner) = (Timeout::new(ms(50)), Timeout::new(ms(5)));
    let elapsed = outer.run(inner.run(pending::<()>())).await.unwrap().unwrap_err();
    assert!(elapsed.belongs_to(&inner));
}

/// `test_outer_timeout_is_not_lost`: every wait lets a foreign Timeout through.
#[tokio::test(start_paused = true)]
async fn an_outer_timeout_passes_through_every_wait() {
    let queue = Queue::<u8>::bounded(1);
    let full = Queue::bounded(1);
    full.try_put(1).unwrap();
    let (event, semaphore) = (Event::new(), Semaphore::new(0));
    let task = spawn(pending::<()>());
    let limit = || Timeout::new(ms(10));
    let outer = limit();
    assert!(outer.run(queue.get().timeout(ms(500))).await.unwrap_err().belongs_to(&outer));
    let outer = limit();
    assert!(outer.run(full.put(2).timeout(ms(500))).await.unwrap_err().belongs_to(&outer));
    let outer = limit();
    assert!(outer.run(event.wait().timeout(ms(500))).await.unwrap_err().belongs_to(&outer));
    let outer = limit();
    assert!(outer.run(semaphore.acquire().timeout(ms(500))).await.unwrap_err().belongs_to(&outer));
    let outer = limit();
    assert!(outer.run(task.join().timeout(ms(500))).await.unwrap_err().belongs_to(&outer));
    let outer = limit();
    assert!(outer.run(task.kill().timeout(ms(500))).await.is_ok());
}

/// A Timeout in the middle of a `finally` block's body runs the block first.
#[tokio::test(start_paused = true)]
async fn clean_ups_inside_run_before_the_timeout_is_told() {
    let order = Order::default();
    let log = order.clone();
    let body = finally(pending::<()>(), async move {
        sleep(ms(30)).await;
        log.note("cleaned up");
    });
    let start = Instant::now();
    assert!(soon(timeout(ms(5), body)).await.is_err());
    assert_eq!(start.elapsed(), ms(35));
    assert_eq!(order.read(), ["cleaned up"]);
}

/// `start()`, `cancel()`, `pending`; a cancelled one can be started again.
#[tokio::test(start_paused = true)]
async fn a_timeout_can_be_started_cancelled_and_started_again() {
    let limit = Timeout::new(ms(10));
    assert!(!limit.pending());
    limit.start();
    assert!(limit.pending());
    limit.cancel();
    assert!(!limit.pending());
    limit.start();
    sleep(ms(10)).await;
    assert!(!limit.pending());
}

/// `start()` while pending is an AssertionError in gevent; ours keeps the first deadline, as `start_new` does.
#[tokio::test(start_paused = true)]
async fn starting_a_pending_timeout_keeps_its_deadline() {
    let limit = Timeout::start_new(ms(10));
    sleep(ms(6)).await;
    limit.start();
    let start = Instant::now();
    assert!(limit.run(pending::<()>()).await.is_err());
    assert_eq!(start.elapsed(), ms(4));
}

/// Seed 002: every `timeout=` accepts a Timeout that runs already, so several calls draw on one limit.
#[tokio::test(start_paused = true)]
async fn several_calls_share_one_timeout() {
    let limit = Timeout::start_new(ms(20));
    let task = spawn(async {
        sleep(ms(15)).await;
        1
    });
    assert_eq!(limit.run(task.get()).await.unwrap().unwrap(), 1);
    assert!(limit.run(sleep(ms(15))).await.is_err());
}

/// A Timeout does not propagate into children that the body spawned.
#[tokio::test(start_paused = true)]
async fn children_do_not_inherit_a_timeout() {
    let order = Order::default();
    let log = order.clone();
    let body = async {
        let child = spawn(async move {
            sleep(ms(20)).await;
            log.note("child");
        });
        child.join().await
    };
    assert!(timeout(ms(5), body).await.is_err());
    sleep(ms(30)).await;
    assert_eq!(order.read(), ["child"]);
}

/// `str(Timeout(1))` names the time.
#[tokio::test(start_paused = true)]
async fn the_error_names_the_time() {
    let error = timeout(Duration::from_secs(1), pending::<()>()).await.unwrap_err();
    assert_eq!(error.to_string(), "timed out after 1s");
}

/// 1.0.6: a timer of a wait that is over does not fire into later code.
#[tokio::test(start_paused = true)]
async fn a_timeout_that_is_over_does_not_fire_later() {
    let task = spawn(async {
        timeout(ms(10), sleep(ms(5))).await.unwrap();
        sleep(ms(50)).await;
        1
    });
    settle().await;
    assert_eq!(soon(task.get()).await.unwrap(), 1);
}
