//! timeout, the shared Timeout, Elapsed.

use std::future::{pending, poll_fn, ready};
use std::io;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use greenroom_core::{
    Exit, Timeout, WithTimeout, finally, finally_ref, shield, spawn, timeout, with_timeout_value,
};
use tokio::time::{Instant, sleep};

use crate::journal::{Journal, ms, poll_once, settle, soon};

#[tokio::test(start_paused = true)]
async fn elapsed_is_returned_only_after_inner_clean_ups() {
    let start = Instant::now();
    let result = soon(timeout(ms(5), finally(pending::<()>(), async { sleep(ms(30)).await }))).await;
    assert!(result.is_err());
    assert_eq!(start.elapsed(), ms(35));
}

#[tokio::test(start_paused = true)]
async fn elapsed_is_returned_only_after_inner_clean_ups_inside_a_task_too() {
    let start = Instant::now();
    let task = spawn(async {
        timeout(ms(5), finally(pending::<()>(), async { sleep(ms(30)).await })).await.is_err()
    });
    assert!(soon(task.get()).await.unwrap());
    assert_eq!(start.elapsed(), ms(35));
}

#[tokio::test(start_paused = true)]
async fn elapsed_is_returned_only_after_adopted_clean_ups() {
    let start = Instant::now();
    let body = async {
        let _ = tokio::time::timeout(ms(2), finally(pending::<()>(), async { sleep(ms(30)).await })).await;
        pending::<()>().await
    };
    assert!(soon(timeout(ms(5), body)).await.is_err());
    assert_eq!(start.elapsed(), ms(32));
}

#[tokio::test(start_paused = true)]
async fn timeout_waits_for_a_shield() {
    let start = Instant::now();
    let body = async {
        shield(sleep(ms(30))).await;
        pending::<()>().await
    };
    assert!(soon(timeout(ms(5), body)).await.is_err());
    assert_eq!(start.elapsed(), ms(30));
}

#[tokio::test(start_paused = true)]
async fn body_is_dropped_before_elapsed_is_returned() {
    let journal = Journal::default();
    let held = journal.on_drop("dropped");
    let result = timeout(ms(5), async move {
        let _held = held;
        pending::<()>().await
    })
    .await;
    assert_eq!(result.unwrap_err().to_string(), "timed out after 5ms");
    assert_eq!(journal.read(), ["dropped"]);
}

#[tokio::test(start_paused = true)]
async fn value_in_time_is_passed_on_without_a_timer() {
    assert_eq!(timeout(ms(5), ready(1)).await.unwrap(), 1);
    assert_eq!(sleep(ms(4)).timeout(ms(5)).await.ok(), Some(()));
}

#[test]
fn future_that_never_suspends_needs_no_runtime() {
    use futures_util::FutureExt;
    assert_eq!(timeout(ms(5), ready(1)).now_or_never().unwrap().unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn none_never_fires() {
    let start = Instant::now();
    assert!(timeout(None, sleep(Duration::from_secs(3000))).await.is_ok());
    assert_eq!(start.elapsed(), Duration::from_secs(3000));
}

#[tokio::test(start_paused = true)]
async fn zero_fires_at_the_first_suspension_and_not_before() {
    let start = Instant::now();
    assert_eq!(timeout(Duration::ZERO, ready(1)).await.unwrap(), 1);
    assert!(timeout(Duration::ZERO, tokio::task::yield_now()).await.is_err());
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn zero_still_waits_for_clean_ups() {
    let start = Instant::now();
    assert!(
        soon(timeout(Duration::ZERO, finally(pending::<()>(), async { sleep(ms(7)).await }))).await.is_err()
    );
    assert_eq!(start.elapsed(), ms(7));
}

#[tokio::test(start_paused = true)]
async fn huge_limits_never_fire() {
    assert!(timeout(Duration::MAX, sleep(ms(10))).await.is_ok());
    let shared = Timeout::start_new(Duration::MAX);
    assert!(shared.run(sleep(ms(10))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn value_ready_at_the_same_tick_wins() {
    assert!(timeout(ms(5), sleep(ms(5))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn of_nested_limits_the_shorter_one_fires() {
    let inner = timeout(ms(5), timeout(ms(50), pending::<()>())).await;
    assert_eq!(inner.unwrap_err().limit(), Some(ms(5)));
    let outer = timeout(ms(50), timeout(ms(5), pending::<()>())).await;
    assert_eq!(outer.unwrap().unwrap_err().limit(), Some(ms(5)));
}

#[tokio::test(start_paused = true)]
async fn nested_limits_that_pass_together_are_told_by_the_inner_one() {
    let both = timeout(ms(5), timeout(ms(5), pending::<()>())).await;
    assert!(both.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn outer_limit_passes_through_inner_ones_and_their_clean_ups() {
    let journal = Journal::default();
    let (outer, inner) = (Timeout::new(ms(5)), Timeout::new(ms(50)));
    let body = finally(pending::<()>(), journal.slow("inner", 10));
    let result = soon(outer.run(async {
        let _ = inner.run(body).await;
        journal.note("swallowed");
    }))
    .await;
    let elapsed = result.unwrap_err();
    assert!(elapsed.belongs_to(&outer) && !elapsed.belongs_to(&inner));
    assert_eq!(journal.read(), ["inner begins", "inner ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_passes_through_a_timeout() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _ = timeout(ms(500), finally(pending::<()>(), log.slow("clean-up", 10))).await;
        log.note("unreachable");
    });
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_while_a_timeout_unwinds_ends_the_task_there() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _ = timeout(ms(5), finally(pending::<()>(), log.slow("clean-up", 10))).await;
        log.note("unreachable");
    });
    sleep(ms(8)).await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn timeout_inside_a_clean_up_works_while_the_task_is_being_killed() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(pending::<()>(), async move {
        let waited = timeout(ms(5), finally(pending::<()>(), log.slow("inner", 5))).await;
        log.note(format!("timed out: {}", waited.is_err()));
    }));
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["inner begins", "inner ends", "timed out: true"]);
}

#[tokio::test(start_paused = true)]
async fn timeout_does_not_reach_the_children_a_body_spawned() {
    let child = timeout(ms(5), async {
        let child = spawn(sleep(ms(20)));
        let handle = child.clone();
        let _ = handle.join().await;
        child
    });
    let spawned = Instant::now();
    assert!(child.await.is_err());
    assert_eq!(spawned.elapsed(), ms(5));
}

#[tokio::test(start_paused = true)]
async fn panic_inside_passes_through() {
    let task = spawn(timeout(ms(5), async { panic!("inside") }));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(info) if info.message() == "inside"));
}

#[tokio::test(start_paused = true)]
async fn busy_body_does_not_keep_the_limit_from_firing() {
    // tokio gives a task a budget of operations for each poll; a body that uses it up would starve a timer (tokio #4314).
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel::<()>();
    let task = spawn(timeout(ms(5), async move {
        loop {
            let _ = send.send(());
            receive.recv().await;
        }
    }));
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        if task.is_finished() {
            break;
        }
        tokio::time::advance(ms(1)).await;
    }
    assert!(soon(task.take()).await.unwrap().is_err());
}

#[tokio::test(start_paused = true)]
async fn fut_lent_to_a_timeout_that_elapsed_panics_when_polled_again() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut fut = pin!(finally(pending::<()>(), log.slow("clean-up", 5)));
        assert!(timeout(ms(5), fut.as_mut()).await.is_err());
        log.note("elapsed");
        fut.await;
    });
    let exit = soon(task.join()).await;
    let text = "a `finally` was polled after it had been cancelled";
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == text), "{exit}");
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends", "elapsed"]);
}

#[tokio::test(start_paused = true)]
async fn shield_that_slept_through_the_end_of_its_first_scope_goes_on() {
    let mut fut = pin!(shield(async {
        sleep(ms(20)).await;
        4
    }));
    let body = async {
        assert!(poll_once(fut.as_mut()).await.is_pending());
        pending::<()>().await;
    };
    assert!(soon(timeout(ms(5), body)).await.is_err());
    assert_eq!(soon(fut).await, 4);
}

#[tokio::test(start_paused = true)]
async fn polled_after_its_end_a_timeout_panics() {
    let task = spawn(async {
        let mut fut = pin!(timeout(ms(5), ready(())));
        let _ = fut.as_mut().await;
        let _ = fut.as_mut().await;
    });
    let exit = soon(task.join()).await;
    assert!(
        matches!(&exit, Exit::Panicked(info) if info.message().contains("polled after its end")),
        "{exit}"
    );
}

#[tokio::test(start_paused = true)]
async fn with_timeout_value_gives_the_value_in_place_of_the_error() {
    assert_eq!(with_timeout_value(ms(5), pending(), 3).await, 3);
    assert_eq!(with_timeout_value(ms(5), ready(4), 3).await, 4);
}

#[tokio::test(start_paused = true)]
async fn elapsed_becomes_an_io_error_of_kind_timed_out() {
    let error = io::Error::from(timeout(ms(5), pending::<()>()).await.unwrap_err());
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), "timed out after 5ms");
}

// The shared Timeout.

#[tokio::test(start_paused = true)]
async fn several_runs_draw_on_the_same_deadline() {
    let limit = Timeout::new(ms(10));
    let start = Instant::now();
    assert!(limit.run(sleep(ms(6))).await.is_ok());
    let elapsed = limit.run(sleep(ms(6))).await.unwrap_err();
    assert!(elapsed.belongs_to(&limit));
    assert_eq!(elapsed.limit(), Some(ms(10)));
    assert_eq!(start.elapsed(), ms(10));
    // It has passed: the next one has no time at all.
    assert!(limit.run(sleep(ms(1))).await.is_err());
    assert_eq!(start.elapsed(), ms(10));
}

#[tokio::test(start_paused = true)]
async fn clones_are_the_same_deadline_and_others_are_not() {
    let limit = Timeout::new(ms(10));
    let elapsed = limit.clone().run(pending::<()>()).await.unwrap_err();
    assert!(elapsed.belongs_to(&limit));
    assert!(!elapsed.belongs_to(&Timeout::new(ms(10))));
    assert!(!timeout(ms(1), pending::<()>()).await.unwrap_err().belongs_to(&limit));
}

#[tokio::test(start_paused = true)]
async fn start_fixes_the_deadline_before_the_first_run() {
    let limit = Timeout::new(ms(10));
    assert!(!limit.pending());
    limit.start();
    assert!(limit.pending());
    sleep(ms(6)).await;
    let start = Instant::now();
    limit.start();
    assert!(limit.run(sleep(ms(6))).await.is_err());
    assert_eq!(start.elapsed(), ms(4));
    assert!(!limit.pending());
}

#[tokio::test(start_paused = true)]
async fn cancel_lifts_the_deadline_of_what_runs_and_start_sets_it_again() {
    let limit = Timeout::new(ms(10));
    let run = spawn({
        let limit = limit.clone();
        async move { limit.run(sleep(ms(500))).await.is_err() }
    });
    settle().await;
    limit.cancel();
    sleep(ms(100)).await;
    assert!(!run.is_finished() && !limit.pending());
    let start = Instant::now();
    limit.start();
    assert!(soon(run.get()).await.unwrap());
    assert_eq!(start.elapsed(), ms(10));
}

#[tokio::test(start_paused = true)]
async fn timeout_without_a_limit_is_never_pending() {
    let limit = Timeout::start_new(None);
    assert!(!limit.pending());
    assert!(limit.run(sleep(Duration::from_secs(2000))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn limit_started_while_a_run_waits_without_one_reaches_it() {
    let limit = Timeout::new(ms(10));
    let run = spawn({
        let limit = limit.clone();
        async move {
            limit.start();
            limit.cancel();
            let inside = limit.clone();
            limit
                .run(async move {
                    // The first poll of `run` has started it again.
                    inside.cancel();
                    pending::<()>().await
                })
                .await
                .is_err()
        }
    });
    sleep(ms(100)).await;
    assert!(!run.is_finished());
    limit.start();
    assert!(soon(run.get()).await.unwrap());
}

#[tokio::test(start_paused = true)]
async fn killed_runs_leave_no_place_in_the_line_of_their_timeout() {
    let limit = Timeout::new(ms(10));
    limit.start();
    limit.cancel();
    for _ in 0..100 {
        let mut first = true;
        let inside = limit.clone();
        let run = limit.run(poll_fn(move |_| {
            if std::mem::take(&mut first) {
                inside.cancel();
            }
            Poll::<()>::Pending
        }));
        let mut run = Box::pin(run);
        assert!(poll_once(run.as_mut()).await.is_pending());
    }
    assert_eq!(format!("{limit:?}"), "Timeout { limit: Some(10ms), deadline: None }");
}

#[tokio::test(start_paused = true)]
async fn fut_of_finally_ref_that_slept_through_the_end_of_its_first_scope_panics_too() {
    let task = spawn(async move {
        let mut fut = pin!(finally_ref(pending::<()>(), async { sleep(ms(5)).await }));
        let body = async {
            assert!(poll_once(fut.as_mut()).await.is_pending());
            pending::<()>().await;
        };
        assert!(timeout(ms(5), body).await.is_err());
        fut.await;
    });
    let exit = soon(task.join()).await;
    let text = "a `finally` was polled after it had been cancelled";
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == text), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn fut_that_slept_through_the_end_of_its_first_scope_panics_when_polled_again() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut fut = pin!(finally(pending::<()>(), log.slow("clean-up", 5)));
        let body = async {
            assert!(poll_once(fut.as_mut()).await.is_pending());
            pending::<()>().await;
        };
        assert!(timeout(ms(5), body).await.is_err());
        log.note("elapsed");
        fut.await;
    });
    let exit = soon(task.join()).await;
    let text = "a `finally` was polled after it had been cancelled";
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == text), "{exit}");
    assert_eq!(journal.read(), ["elapsed", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn timeout_that_slept_through_the_end_of_its_first_scope_panics_when_polled_again() {
    let task = spawn(async move {
        let mut fut = pin!(timeout(ms(900), finally(pending::<()>(), async { sleep(ms(5)).await })));
        let body = async {
            assert!(poll_once(fut.as_mut()).await.is_pending());
            pending::<()>().await;
        };
        assert!(timeout(ms(5), body).await.is_err());
        let _ = fut.await;
    });
    let exit = soon(task.join()).await;
    let text = "a timeout was polled after it had been cancelled";
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == text), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn start_after_the_deadline_has_passed_sets_a_new_one() {
    let limit = Timeout::start_new(ms(10));
    sleep(ms(20)).await;
    assert!(!limit.pending());
    limit.start();
    assert!(limit.pending());
    assert!(limit.run(sleep(ms(9))).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn cancel_from_inside_in_the_first_poll_lifts_the_deadline_for_good() {
    let limit = Timeout::new(ms(10));
    let inside = limit.clone();
    let run = limit.run(async move {
        inside.cancel();
        tokio::task::yield_now().await;
        sleep(ms(500)).await;
    });
    assert!(soon(run).await.is_ok());
}
