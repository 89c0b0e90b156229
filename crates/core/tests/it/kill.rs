//! Kill: what stops, what still runs, and what everybody is told.

use std::future::{pending, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use greenroom_core::{
    AnyTask, Exit, TaskBuilder, TaskError, current, finally, finally_ref, shield, spawn, timeout,
};
use greenroom_testkit::LogCapture;
use tokio::time::{Instant, sleep};

use crate::journal::{Bomb, Journal, ms, poll_once, settle, soon};

#[tokio::test(start_paused = true)]
async fn killed_before_its_first_poll_a_body_never_runs_and_links_fire() {
    let journal = Journal::default();
    let (captured, log, linked) = (journal.on_drop("captured"), journal.clone(), journal.clone());
    let task = spawn(async move {
        let _captured = captured;
        log.note("body");
    });
    task.link(|task| async move { linked.note(format!("link: {}", task.exit().unwrap())) });
    let exit = soon(task.kill().reason("too early")).await;
    assert!(matches!(exit, Exit::Killed(reason) if reason.as_str() == "too early"));
    settle().await;
    assert_eq!(journal.read(), ["captured", "link: killed: too early"]);
}

#[tokio::test(start_paused = true)]
async fn killing_a_finished_task_changes_nothing() {
    let task = spawn(async { 5 });
    soon(task.join()).await;
    assert!(soon(task.kill()).await.is_finished());
    task.kill_nowait();
    assert!(soon(task.kill_within(ms(0))).await.is_finished());
    assert_eq!(soon(task.get()).await.unwrap(), 5);
    assert!(task.is_successful());
}

#[tokio::test(start_paused = true)]
async fn killed_task_is_not_successful_and_its_value_is_an_error() {
    let task = spawn(pending::<u8>());
    settle().await;
    task.kill_nowait();
    assert!(matches!(soon(task.get()).await, Err(TaskError::Killed(reason)) if reason.is_empty()));
    assert!(task.is_finished() && !task.is_successful());
}

#[tokio::test(start_paused = true)]
async fn kill_is_not_given_before_it_is_polled() {
    let task = spawn(sleep(ms(10)));
    settle().await;
    drop(task.kill());
    assert!(soon(task.join()).await.is_finished());
}

#[tokio::test(start_paused = true)]
async fn kill_stands_when_its_future_is_dropped() {
    let task = spawn(pending::<()>());
    settle().await;
    {
        let mut kill = pin!(task.kill());
        assert!(poll_once(kill.as_mut()).await.is_pending());
    }
    assert!(soon(task.join()).await.is_killed());
}

#[tokio::test(start_paused = true)]
async fn of_two_kills_the_first_gives_the_reason_and_the_earliest_limit_counts() {
    let task = spawn(finally(pending::<()>(), pending::<()>()));
    settle().await;
    let start = Instant::now();
    task.kill().reason("first").within(ms(500)).nowait();
    task.kill().reason("second").within(ms(20)).nowait();
    task.kill().reason("third").within(ms(900)).nowait();
    task.kill_nowait();
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::CutOff(reason) if reason.as_str() == "first"), "{exit}");
    assert!(start.elapsed() >= ms(20) && start.elapsed() < ms(25), "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn limit_given_by_a_later_kill_reaches_a_clean_up_that_runs_already() {
    let task = spawn(finally(pending::<()>(), pending::<()>()));
    settle().await;
    task.kill().reason("gently").nowait();
    sleep(ms(100)).await;
    assert!(!task.is_finished());
    let exit = soon(task.kill_within(ms(10)).reason("now")).await;
    assert!(matches!(&exit, Exit::CutOff(reason) if reason.as_str() == "gently"), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn limit_that_is_beyond_the_end_of_time_is_none() {
    let journal = Journal::default();
    let task = spawn(finally(pending::<()>(), journal.slow("clean-up", 10_000)));
    settle().await;
    assert!(matches!(soon(task.kill_within(Duration::MAX)).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_within_cuts_off_and_drops_everything() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _local = log.on_drop("local");
        let inner = {
            let held = log.on_drop("clean-up");
            finally(pending::<()>(), async move {
                let _held = held;
                pending::<()>().await;
            })
        };
        let unused = log.on_drop("outer clean-up, never run");
        let log = log.clone();
        finally(inner, async move {
            let _unused = unused;
            log.note("never");
        })
        .await
    });
    settle().await;
    let start = Instant::now();
    let exit = soon(task.kill_within(ms(50)).reason("closing")).await;
    assert!(matches!(&exit, Exit::CutOff(reason) if reason.as_str() == "closing"), "{exit}");
    assert!(start.elapsed() >= ms(50) && start.elapsed() < ms(55));
    let mut read = journal.read();
    read.sort();
    assert_eq!(read, ["clean-up", "local", "outer clean-up, never run"]);
    assert!(matches!(soon(task.get()).await, Err(TaskError::CutOff(_))));
}

#[tokio::test(start_paused = true)]
async fn clean_up_that_ends_within_the_grace_is_an_ordinary_kill() {
    let journal = Journal::default();
    let task = spawn(finally(pending::<()>(), journal.slow("clean-up", 20)));
    settle().await;
    assert!(matches!(soon(task.kill_within(ms(50))).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_within_also_cuts_off_what_the_root_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let held = log.on_drop("dropped");
        let inner = finally(pending::<()>(), async move {
            let _held = held;
            pending::<()>().await;
        });
        let _ = tokio::time::timeout(ms(1), inner).await;
        pending::<()>().await;
    });
    sleep(ms(5)).await;
    assert!(matches!(soon(task.kill_within(ms(10))).await, Exit::CutOff(_)));
    assert_eq!(journal.read(), ["dropped"]);
}

#[tokio::test(start_paused = true)]
async fn further_kills_are_masked_while_clean_ups_run() {
    let journal = Journal::default();
    let task = spawn(finally(pending::<()>(), journal.slow("clean-up", 50)));
    settle().await;
    task.kill().reason("first").nowait();
    for _ in 0..4 {
        sleep(ms(10)).await;
        task.kill().reason("again").nowait();
    }
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Killed(reason) if reason.as_str() == "first"), "{exit}");
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_during_a_clean_up_after_a_normal_end_does_not_interrupt_it() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        finally(async {}, log.slow("clean-up", 50)).await;
        log.note("goes on to the next suspension");
        pending::<()>().await;
    });
    sleep(ms(10)).await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends", "goes on to the next suspension"]);
}

#[tokio::test(start_paused = true)]
async fn body_that_never_suspends_ends_finished() {
    let task = spawn(async {
        current().unwrap().kill_nowait();
        11
    });
    assert_eq!(soon(task.get()).await.unwrap(), 11);
}

#[tokio::test(start_paused = true)]
async fn killing_oneself_acts_at_the_next_suspension() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        current().unwrap().kill().reason("enough").nowait();
        log.note("goes on");
        tokio::task::yield_now().await;
        log.note("unreachable");
    });
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Killed(reason) if reason.as_str() == "enough"), "{exit}");
    assert_eq!(journal.read(), ["goes on"]);
}

#[tokio::test(start_paused = true)]
async fn awaiting_ones_own_kill_ends_the_task_there_after_its_clean_ups() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        finally(
            async {
                current().unwrap().kill().await;
                log.note("unreachable");
            },
            log.slow("clean-up", 10),
        )
        .await;
        log.note("unreachable");
    });
    assert!(matches!(soon(task.join()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn killing_oneself_in_ones_own_clean_up_returns_at_once() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(pending::<()>(), async move {
        let exit = current().unwrap().kill().await;
        log.note(format!("{exit}"));
        sleep(ms(5)).await;
        log.note("clean-up ends");
    }));
    settle().await;
    soon(task.kill().reason("outside")).await;
    assert_eq!(journal.read(), ["killed: outside", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn killing_oneself_in_a_borrowing_clean_up_returns_at_once() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        finally_ref(pending::<()>(), async {
            current().unwrap().kill().await;
            sleep(ms(5)).await;
            log.note("clean-up ends");
        })
        .await;
    });
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn killing_oneself_in_a_shield_returns_at_once_and_acts_after_it() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        shield(async {
            let exit = current().unwrap().kill().reason("myself").await;
            log.note(format!("{exit}"));
            sleep(ms(5)).await;
            log.note("shield ends");
        })
        .await;
        pending::<()>().await;
    });
    assert!(soon(task.join()).await.is_killed());
    assert_eq!(journal.read(), ["killed: myself", "shield ends"]);
}

#[tokio::test(start_paused = true)]
async fn killing_oneself_in_an_adopted_clean_up_returns_at_once() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let cleanup = async move {
            current().unwrap().kill().await;
            sleep(ms(5)).await;
            log.note("clean-up ends");
        };
        let _ = tokio::time::timeout(ms(1), finally(pending::<()>(), cleanup)).await;
        pending::<()>().await;
    });
    assert!(soon(task.join()).await.is_killed());
    assert_eq!(journal.read(), ["clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn two_tasks_that_kill_each_other_both_end() {
    let (send, receive) = tokio::sync::oneshot::channel::<AnyTask>();
    let first = spawn(finally(
        async move {
            let other = receive.await.unwrap();
            other.kill().await;
        },
        async { sleep(ms(5)).await },
    ));
    let target = AnyTask::from(&first);
    let second = spawn(finally(async move { target.kill().await }, async { sleep(ms(5)).await }));
    assert!(send.send(AnyTask::from(&second)).is_ok());
    soon(first.join()).await;
    soon(second.join()).await;
}

#[tokio::test(start_paused = true)]
async fn dormant_scope_does_not_keep_a_killed_task_alive() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut scope = pin!(finally(pending::<()>(), log.slow("clean-up", 5)));
        tokio::select! {
            biased;
            () = scope.as_mut() => {}
            () = std::future::ready(()) => {}
        }
        log.note("holds it without polling it");
        pending::<()>().await;
    });
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["holds it without polling it", "clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn clean_up_that_yields_many_times_is_not_taken_for_dormant() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let cleanup = async {
            for _ in 0..500 {
                // Wakes itself at once, unlike tokio's own.
                let mut yielded = false;
                poll_fn(|cx| {
                    if std::mem::replace(&mut yielded, true) {
                        return Poll::Ready(());
                    }
                    cx.waker().wake_by_ref();
                    Poll::Pending
                })
                .await;
            }
            log.note("ends");
        };
        finally_ref(pending::<()>(), cleanup).await;
    });
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["ends"]);
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_drop_during_a_kill_is_how_the_task_ended() {
    let journal = Journal::default();
    let body = async {
        let _bomb = Bomb("bang");
        pending::<()>().await
    };
    let task = spawn(finally(body, journal.entry("clean-up")));
    settle().await;
    let exit = soon(task.kill()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "bang"), "{exit}");
    assert_eq!(journal.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_drop_while_cut_off_changes_nothing() {
    let task = spawn(finally(pending::<()>(), async {
        let _bomb = Bomb("clean-up");
        pending::<()>().await
    }));
    settle().await;
    let exit = soon(task.kill_within(ms(5))).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn everything_of_a_killed_task_is_gone_when_kill_returns() {
    let shared = Arc::new(());
    let held = shared.clone();
    let task = spawn(async move {
        let _held = held;
        pending::<()>().await
    });
    settle().await;
    soon(task.kill()).await;
    assert_eq!(Arc::strong_count(&shared), 1);
}

#[tokio::test(start_paused = true)]
async fn kill_reaches_a_task_that_waits_in_a_kill_of_another() {
    let stubborn = spawn(finally(pending::<()>(), async { sleep(ms(100)).await }));
    let target = AnyTask::from(&stubborn);
    let killer = spawn(async move { target.kill().await });
    settle().await;
    assert!(soon(killer.kill()).await.is_killed());
    assert!(!stubborn.is_finished());
    assert!(soon(stubborn.join()).await.is_killed());
}

#[test]
fn kill_from_another_thread_is_seen_by_a_task_that_is_being_polled() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        for _ in 0..200 {
            let (entered, inside) = std::sync::mpsc::channel();
            let (go, gone) = std::sync::mpsc::channel::<()>();
            let task = spawn(async move {
                entered.send(()).unwrap();
                // Blocks the poll until the kill was given.
                gone.recv().unwrap();
                pending::<()>().await
            });
            tokio::task::block_in_place(|| inside.recv().unwrap());
            task.kill_nowait();
            go.send(()).unwrap();
            assert!(task.join().await.is_killed());
        }
    });
}

#[tokio::test(start_paused = true)]
async fn kill_drops_a_body_at_once_though_an_adopted_clean_up_goes_on() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _local = log.on_drop("body");
        let _ = tokio::time::timeout(ms(1), finally(pending::<()>(), log.slow("clean-up", 50))).await;
        pending::<()>().await;
    });
    sleep(ms(10)).await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["clean-up begins", "body", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn panic_in_the_drop_of_an_adopted_clean_up_while_cut_off_changes_nothing() {
    let task = spawn(async {
        let inner = finally(pending::<()>(), async {
            let _bomb = Bomb("adopted");
            pending::<()>().await
        });
        let _ = tokio::time::timeout(ms(1), inner).await;
        pending::<()>().await
    });
    sleep(ms(5)).await;
    let exit = soon(task.kill_within(ms(5))).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn panic_in_the_drop_of_an_unstarted_future_does_not_keep_its_end_from_anybody() {
    let bomb = Bomb("unstarted");
    let task = TaskBuilder::new().unstarted().spawn(async move {
        let _bomb = bomb;
    });
    let waiting = spawn({
        let task = task.clone();
        async move { task.join().await }
    });
    settle().await;
    task.kill_nowait();
    assert!(soon(waiting.get()).await.unwrap().is_killed());
}

#[tokio::test(start_paused = true)]
async fn cut_off_with_many_panicking_drops_does_not_abort_the_process() {
    fn trap(word: &'static str) -> impl Future<Output = ()> + Send + 'static {
        let bomb = Bomb(word);
        async move {
            let _bomb = bomb;
            pending::<()>().await
        }
    }
    let task = spawn(async {
        let inner = finally(trap("inner body"), trap("inner clean-up"));
        let outer = finally(inner, trap("outer clean-up"));
        let also = finally(pending::<()>(), trap("adopted"));
        let _ = tokio::time::timeout(ms(1), also).await;
        outer.await
    });
    sleep(ms(5)).await;
    let exit = soon(task.kill_within(ms(5))).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit}");
}

#[test]
fn kill_within_on_a_runtime_without_a_timer_still_kills() {
    let lines = LogCapture::of("greenroom");
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let journal = Journal::default();
    let log = journal.clone();
    let exit = runtime.block_on(async {
        let task = spawn(finally(pending::<()>(), async move {
            settle().await;
            log.note("clean-up");
        }));
        settle().await;
        task.kill_within(Duration::from_secs(600)).await
    });
    assert!(matches!(exit, Exit::Killed(_)), "{exit}");
    assert_eq!(journal.read(), ["clean-up"]);
    assert!(lines.take_text()[0].contains("the grace of a kill needs a runtime with a timer"));
}

#[tokio::test(start_paused = true)]
async fn kill_within_cuts_off_a_clean_up_that_never_leaves_any_budget() {
    // tokio gives a task a budget of operations for each poll, and a timer without budget does not fire (tokio #4314).
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel::<()>();
    let task = spawn(finally(pending::<()>(), async move {
        while send.send(()).is_ok() {
            receive.recv().await;
        }
    }));
    settle().await;
    task.kill().within(ms(0)).nowait();
    // The clock stands still while somebody is busy: the limit has passed all the same.
    for _ in 0..1000 {
        tokio::task::yield_now().await;
        if task.is_finished() {
            break;
        }
        tokio::time::advance(ms(1)).await;
    }
    assert!(matches!(task.exit(), Some(Exit::CutOff(_))), "{:?}", task.exit());
}

#[tokio::test(start_paused = true)]
async fn kill_within_reaches_a_task_whose_body_ended_in_its_first_poll() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), async move {
            let _held = log.on_drop("dropped");
            pending::<()>().await;
        });
        let mut inner = Box::pin(inner);
        assert!(poll_once(inner.as_mut()).await.is_pending());
    });
    settle().await;
    assert!(!task.is_finished());
    let exit = soon(task.kill_within(ms(10))).await;
    assert!(matches!(exit, Exit::CutOff(_)), "{exit}");
    assert_eq!(journal.read(), ["dropped"]);
}

#[tokio::test(start_paused = true)]
async fn clean_up_that_falls_dormant_in_its_middle_does_not_keep_a_killed_task_alive() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut scope = pin!(finally(pending::<()>(), log.slow("clean-up", 20)));
        tokio::select! {
            biased;
            () = scope.as_mut() => {}
            () = sleep(ms(10)) => {}
        }
        log.note("holds it without polling it");
        pending::<()>().await;
    });
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["clean-up begins", "holds it without polling it", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn dormant_scopes_within_a_dormant_timeout_clean_up_inner_first() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("inner", 20));
        let outer = finally(timeout(ms(500), inner), log.slow("outer", 20));
        let mut scope = pin!(outer);
        tokio::select! {
            biased;
            _ = scope.as_mut() => {}
            () = sleep(ms(10)) => {}
        }
        pending::<()>().await;
    });
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["inner begins", "inner ends", "outer begins", "outer ends"]);
}

#[tokio::test(start_paused = true)]
async fn shield_that_falls_dormant_in_its_middle_does_not_keep_a_killed_task_alive() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut scope = pin!(shield(log.slow("save", 20)));
        tokio::select! {
            biased;
            () = scope.as_mut() => {}
            () = sleep(ms(10)) => {}
        }
        pending::<()>().await;
    });
    settle().await;
    assert!(matches!(soon(task.kill()).await, Exit::Killed(_)));
    assert_eq!(journal.read(), ["save begins"]);
}
