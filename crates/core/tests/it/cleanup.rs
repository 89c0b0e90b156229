//! finally, finally_ref, bracket, shield: what runs, in which order, and who adopts it.

use std::future::{pending, poll_fn, ready};
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::stream::{FuturesUnordered, StreamExt};
use greenroom_core::{Exit, bracket, current, finally, finally_ref, shield, spawn, timeout};
use greenroom_testkit::LogCapture;
use tokio::join;
use tokio::time::{Instant, sleep};

use crate::journal::{Bomb, Journal, ms, poll_once, settle, soon};

/// A body that has been entered and never ends; its drop is noted.
fn held(journal: &Journal, word: &'static str) -> impl Future<Output = ()> + Send + 'static {
    let trace = journal.on_drop(word);
    async move {
        let _trace = trace;
        pending().await
    }
}

/// Fails.
async fn panics(word: &'static str) {
    assert!(word.is_empty(), "{word}");
}

#[tokio::test(start_paused = true)]
async fn finally_runs_after_a_value_and_passes_it_on() {
    let journal = Journal::default();
    assert_eq!(finally(async { 7 }, journal.entry("clean-up")).await, 7);
    assert_eq!(journal.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn finally_runs_after_an_error_and_passes_it_on() {
    let journal = Journal::default();
    let result = finally(async { Err::<(), _>("no") }, journal.entry("clean-up")).await;
    assert_eq!(result, Err("no"));
    assert_eq!(journal.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn finally_runs_after_a_panic_and_the_panic_goes_on() {
    let journal = Journal::default();
    let (cleanup, outer) = (journal.slow("inner", 5), journal.entry("outer"));
    let task = spawn(finally(
        async move {
            finally(async { panic!("ouch") }, cleanup).await;
        },
        outer,
    ));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(info) if info.message() == "ouch"));
    assert_eq!(journal.read(), ["inner begins", "inner ends", "outer"]);
}

#[tokio::test(start_paused = true)]
async fn finally_that_was_never_polled_only_drops() {
    let journal = Journal::default();
    drop(finally(held(&journal, "body"), journal.entry("clean-up")));
    settle().await;
    assert_eq!(journal.read(), ["body"]);
}

#[tokio::test(start_paused = true)]
async fn kill_runs_clean_ups_innermost_first_and_then_drops_the_locals() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _local = log.on_drop("local");
        let inner = finally(held(&log, "inner body"), log.slow("inner", 5));
        let body = log.on_drop("outer body");
        finally(
            async move {
                let _body = body;
                inner.await;
            },
            log.slow("outer", 5),
        )
        .await
    });
    settle().await;
    let start = Instant::now();
    assert!(soon(task.kill()).await.is_killed());
    assert_eq!(start.elapsed(), ms(10));
    assert_eq!(
        journal.read(),
        ["inner body", "inner begins", "inner ends", "outer body", "outer begins", "outer ends", "local"]
    );
}

#[tokio::test(start_paused = true)]
async fn concurrent_scopes_clean_up_side_by_side_and_the_enclosing_one_waits_for_all() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(
        {
            let log = log.clone();
            async move {
                join!(
                    finally(pending::<()>(), log.slow("long", 20)),
                    finally(pending::<()>(), log.slow("short", 10)),
                    async {
                        let mut crowd: FuturesUnordered<_> =
                            (0..5).map(|_| finally(pending::<()>(), log.slow("one of five", 15))).collect();
                        crowd.next().await
                    },
                );
            }
        },
        log.entry("outer"),
    ));
    settle().await;
    let start = Instant::now();
    soon(task.kill()).await;
    assert_eq!(start.elapsed(), ms(20));
    let read = journal.read();
    assert_eq!(read.len(), 2 * 7 + 1);
    assert_eq!(read[read.len() - 2..], ["long ends", "outer"]);
    assert_eq!(read.iter().filter(|word| *word == "one of five ends").count(), 5);
}

#[tokio::test(start_paused = true)]
async fn body_under_a_parent_already_cancelled_is_not_polled_but_its_clean_up_runs() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        join!(
            // Keeps the task unwinding for a while.
            finally(pending::<()>(), log.slow("first", 10)),
            async {
                sleep(ms(5)).await;
                finally(log.entry("late body"), log.entry("late clean-up")).await;
                log.note("unreachable");
            }
        );
    });
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["first begins", "late clean-up", "first ends"]);
}

#[tokio::test(start_paused = true)]
async fn clean_up_of_a_dropped_finally_is_adopted_by_the_scope_around_it() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(
        {
            let log = log.clone();
            async move {
                tokio::select! {
                    biased;
                    () = finally(held(&log, "inner body"), log.slow("inner", 10)) => {}
                    () = tokio::task::yield_now() => log.note("selected"),
                }
                log.note("goes on");
            }
        },
        log.entry("outer"),
    ));
    soon(task.join()).await;
    assert_eq!(journal.read(), ["inner body", "selected", "goes on", "inner begins", "inner ends", "outer"]);
}

#[tokio::test(start_paused = true)]
async fn task_is_not_over_before_what_its_root_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let start = Instant::now();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("inner", 30));
        assert!(tokio::time::timeout(ms(5), inner).await.is_err());
        9
    });
    assert_eq!(soon(task.get()).await.unwrap(), 9);
    assert_eq!(start.elapsed(), ms(35));
    assert_eq!(journal.read(), ["inner begins", "inner ends"]);
}

#[tokio::test(start_paused = true)]
async fn adopted_clean_up_runs_beside_the_body_that_goes_on() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let _ = tokio::time::timeout(ms(5), finally(pending::<()>(), log.slow("inner", 10))).await;
        log.note("body goes on");
        sleep(ms(20)).await;
        log.note("body ends");
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["body goes on", "inner begins", "inner ends", "body ends"]);
}

#[tokio::test(start_paused = true)]
async fn nested_scopes_dropped_together_clean_up_inner_before_outer() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(held(&log, "inner body"), log.slow("inner", 5));
        let middle = finally(inner, log.slow("middle", 5));
        let outer = finally(middle, log.slow("outer", 5));
        assert!(tokio::time::timeout(ms(1), outer).await.is_err());
    });
    soon(task.join()).await;
    assert_eq!(
        journal.read(),
        [
            "inner body",
            "inner begins",
            "inner ends",
            "middle begins",
            "middle ends",
            "outer begins",
            "outer ends"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn own_clean_up_dropped_in_the_middle_goes_on_where_it_was() {
    let journal = Journal::default();
    let log = journal.clone();
    let start = Instant::now();
    let task = spawn(async move {
        let inner = finally(ready(()), log.slow("inner", 20));
        // The body is over at once; the clean-up is dropped after 5 of its 20 ms.
        assert!(tokio::time::timeout(ms(5), inner).await.is_err());
        log.note("dropped");
    });
    soon(task.join()).await;
    assert_eq!(start.elapsed(), ms(20));
    assert_eq!(journal.read(), ["inner begins", "dropped", "inner ends"]);
}

#[tokio::test(start_paused = true)]
async fn adopted_clean_up_is_handed_on_in_the_middle_when_its_adopter_is_dropped_too() {
    let journal = Journal::default();
    let log = journal.clone();
    let start = Instant::now();
    let task = spawn(async move {
        let middle = {
            let log = log.clone();
            let inner = finally(pending::<()>(), log.slow("inner", 20));
            finally(
                async move {
                    // After 5 ms the middle scope adopts the inner clean-up.
                    let _ = tokio::time::timeout(ms(5), inner).await;
                    pending::<()>().await;
                },
                log.entry("middle"),
            )
        };
        // After 10 ms, in its middle, it is handed on to the root.
        assert!(tokio::time::timeout(ms(10), middle).await.is_err());
        log.note("dropped");
    });
    soon(task.join()).await;
    assert_eq!(start.elapsed(), ms(25));
    assert_eq!(journal.read(), ["inner begins", "dropped", "inner ends", "middle"]);
}

#[tokio::test(start_paused = true)]
async fn clean_up_with_scopes_of_its_own_is_handed_on_in_the_middle_twice() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let deep = {
            let log = log.clone();
            async move {
                // A clean-up that has a scope, whose own clean-up is adopted inside.
                let within = finally(pending::<()>(), log.slow("within", 10));
                let _ = tokio::time::timeout(ms(4), within).await;
                log.note("deep waits");
                sleep(ms(30)).await;
                log.note("deep ends");
            }
        };
        let inner = finally(pending::<()>(), deep);
        let middle = finally(inner, log.slow("middle", 5));
        let outer = finally(
            async move {
                let _ = tokio::time::timeout(ms(2), middle).await;
                sleep(ms(100)).await;
            },
            log.slow("outer", 5),
        );
        let _ = tokio::time::timeout(ms(8), outer).await;
        log.note("root goes on");
        sleep(ms(1)).await;
    });
    settle().await;
    sleep(ms(11)).await;
    soon(task.kill()).await;
    assert_eq!(
        journal.read(),
        [
            "deep waits",
            "within begins",
            "root goes on",
            "within ends",
            "deep ends",
            "middle begins",
            "middle ends",
            "outer begins",
            "outer ends"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn panicking_sibling_in_a_join_leaves_clean_ups_to_the_scope_around_it() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(
        {
            let log = log.clone();
            async move {
                join!(finally(pending::<()>(), log.slow("inner", 10)), async {
                    sleep(ms(1)).await;
                    panic!("sibling")
                });
            }
        },
        log.entry("outer"),
    ));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(info) if info.message() == "sibling"));
    assert_eq!(journal.read(), ["inner begins", "inner ends", "outer"]);
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_task_a_dropped_finally_becomes_a_task_of_its_own() {
    let journal = Journal::default();
    let (log, name) = (journal.clone(), Journal::default());
    let told = name.clone();
    {
        let cleanup = async move {
            told.note(current().unwrap().name().unwrap());
            log.slow("clean-up", 5).await;
        };
        let mut dropped = pin!(finally(pending::<()>(), cleanup));
        assert!(poll_once(dropped.as_mut()).await.is_pending());
    }
    assert!(journal.read().is_empty());
    sleep(ms(10)).await;
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
    assert_eq!(name.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn outside_of_a_task_nested_dropped_scopes_keep_their_order() {
    let journal = Journal::default();
    let inner = finally(held(&journal, "body"), journal.slow("inner", 5));
    let outer = finally(inner, journal.slow("outer", 5));
    assert!(tokio::time::timeout(ms(1), outer).await.is_err());
    sleep(ms(20)).await;
    assert_eq!(journal.read(), ["body", "inner begins", "inner ends", "outer begins", "outer ends"]);
}

#[test]
fn without_a_runtime_a_dropped_finally_is_logged() {
    let lines = LogCapture::of("greenroom");
    let journal = Journal::default();
    {
        let mut dropped = pin!(finally(pending::<()>(), journal.entry("clean-up")));
        assert!(dropped.as_mut().now_or_never().is_none());
    }
    assert!(journal.read().is_empty());
    assert_eq!(
        lines.take_text(),
        ["ERROR a clean-up could not run: its scope was dropped outside of a runtime"]
    );
}

#[tokio::test(start_paused = true)]
async fn finally_that_moves_to_another_task_after_its_first_poll_still_cleans_up_once() {
    let journal = Journal::default();
    let mut scope = Box::pin(finally(pending::<()>(), journal.slow("clean-up", 5)));
    let (send, receive) = tokio::sync::oneshot::channel();
    let first = spawn(async move {
        assert!(poll_once(scope.as_mut()).await.is_pending());
        let _ = send.send(scope);
    });
    soon(first.join()).await;
    let second = spawn(async move { receive.await.unwrap().await });
    settle().await;
    soon(second.kill()).await;
    sleep(ms(20)).await;
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn error_of_a_clean_up_is_logged_and_changes_nothing() {
    let lines = LogCapture::of("greenroom");
    let task = spawn(finally(async { 1 }, async { Err::<(), _>("disk full") }));
    assert_eq!(soon(task.get()).await.unwrap(), 1);
    assert_eq!(lines.take_text(), ["WARN a clean-up failed error=disk full"]);
}

#[tokio::test(start_paused = true)]
async fn error_of_a_release_is_logged() {
    let lines = LogCapture::of("greenroom");
    bracket((), async |_| (), |()| async { Err::<(), _>("still open") }).await;
    assert_eq!(lines.take_text(), ["WARN a clean-up failed error=still open"]);
}

#[tokio::test(start_paused = true)]
async fn panic_of_a_clean_up_is_a_panic_of_the_whole_and_the_outer_ones_still_run() {
    let journal = Journal::default();
    let inner = finally(async { 1 }, panics("in the clean-up"));
    let task = spawn(finally(inner, journal.entry("outer")));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(info) if info.message() == "in the clean-up"));
    assert_eq!(journal.read(), ["outer"]);
}

#[tokio::test(start_paused = true)]
async fn panic_of_an_adopted_clean_up_is_logged_and_disturbs_nobody() {
    let lines = LogCapture::of("greenroom");
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let one = finally(pending::<()>(), panics("adopted"));
        let two = finally(pending::<()>(), log.entry("two"));
        let _ = tokio::time::timeout(ms(1), async { join!(one, two) }).await;
        3
    });
    assert_eq!(soon(task.get()).await.unwrap(), 3);
    assert_eq!(journal.read(), ["two"]);
    assert_eq!(lines.take_text(), ["ERROR a clean-up panicked after its scope was dropped panic=adopted"]);
}

#[tokio::test(start_paused = true)]
async fn polled_after_its_end_a_finally_panics() {
    let task = spawn(async {
        let mut scope = Box::pin(finally(ready(()), ready(())));
        scope.as_mut().await;
        scope.as_mut().await;
    });
    let exit = soon(task.join()).await;
    assert!(
        matches!(&exit, Exit::Panicked(info) if info.message().contains("polled after its end")),
        "{exit}"
    );
}

#[tokio::test(start_paused = true)]
async fn finally_that_outlives_its_first_scope_hangs_on_the_scope_around_that() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(
        {
            let log = log.clone();
            async move {
                let mut scope = pin!(finally(pending::<()>(), log.slow("inner", 5)));
                // The first scope ends well and leaves the inner one alone.
                timeout(ms(50), async {
                    tokio::select! {
                        () = scope.as_mut() => {}
                        () = sleep(ms(1)) => {}
                    }
                })
                .await
                .unwrap();
                scope.await;
            }
        },
        log.entry("outer"),
    ));
    sleep(ms(10)).await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["inner begins", "inner ends", "outer"]);
}

// finally_ref

#[tokio::test(start_paused = true)]
async fn finally_ref_cleans_up_after_value_panic_and_kill_while_borrowing() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let here = log.clone();
        finally_ref(async { here.note("body") }, async { here.note("after a value") }).await;
        let caught =
            AssertUnwindSafe(finally_ref(async { panic!("ouch") }, async { here.note("after a panic") }))
                .catch_unwind()
                .await;
        assert!(caught.is_err());
        finally_ref(pending::<()>(), async {
            sleep(ms(5)).await;
            here.note("after a kill");
        })
        .await;
    });
    settle().await;
    assert!(soon(task.kill()).await.is_killed());
    assert_eq!(journal.read(), ["body", "after a value", "after a panic", "after a kill"]);
}

#[tokio::test(start_paused = true)]
async fn finally_ref_that_is_dropped_does_not_run_its_clean_up() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let scope = finally_ref(held(&log, "body"), async { log.note("never") });
        let _ = tokio::time::timeout(ms(1), scope).await;
        sleep(ms(10)).await;
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["body"]);
}

#[tokio::test(start_paused = true)]
async fn finally_ref_that_is_dropped_hands_on_what_it_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("inner", 10));
        let body = async move {
            let _ = tokio::time::timeout(ms(2), inner).await;
            pending::<()>().await;
        };
        let _ = tokio::time::timeout(ms(5), finally_ref(body, ready(()))).await;
        log.note("dropped");
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["inner begins", "dropped", "inner ends"]);
}

// bracket

struct Seat(Journal);

impl Seat {
    async fn chat(&mut self) -> u8 {
        self.0.note("chats");
        1
    }

    async fn wait(&mut self) -> u8 {
        pending().await
    }

    async fn leave(self) {
        self.0.note("leaves");
    }
}

#[tokio::test(start_paused = true)]
async fn bracket_takes_methods_and_hands_the_resource_to_its_release() {
    let journal = Journal::default();
    assert_eq!(bracket(Seat(journal.clone()), Seat::chat, Seat::leave).await, 1);
    assert_eq!(journal.read(), ["chats", "leaves"]);
}

#[tokio::test(start_paused = true)]
async fn bracket_takes_closures_in_a_spawned_task_and_releases_when_killed() {
    let journal = Journal::default();
    let seat = Seat(journal.clone());
    let task = spawn(bracket(
        seat,
        async |seat| {
            seat.chat().await;
            seat.wait().await
        },
        |seat| async move { seat.leave().await },
    ));
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["chats", "leaves"]);
}

#[tokio::test(start_paused = true)]
async fn bracket_releases_when_dropped_and_when_its_body_panics() {
    let journal = Journal::default();
    let seat = Seat(journal.clone());
    let task = spawn(async move {
        let log = seat.0.clone();
        let _ = tokio::time::timeout(ms(1), bracket(seat, Seat::wait, Seat::leave)).await;
        sleep(ms(5)).await;
        log.note("and now");
        bracket(Seat(log), async |_| panic!("ouch"), Seat::leave).await
    });
    assert!(matches!(soon(task.join()).await, Exit::Panicked(_)));
    assert_eq!(journal.read(), ["leaves", "and now", "leaves"]);
}

#[tokio::test(start_paused = true)]
async fn bracket_that_was_never_polled_drops_its_resource() {
    let journal = Journal::default();
    let (resource, log) = (journal.on_drop("dropped"), journal.clone());
    drop(bracket(resource, async |_| (), |_| async move { log.note("released") }));
    settle().await;
    assert_eq!(journal.read(), ["dropped"]);
}

// shield

#[tokio::test(start_paused = true)]
async fn shield_holds_a_kill_back_until_it_is_done() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        shield(log.slow("save", 20)).await;
        log.note("still here until the next suspension");
        pending::<()>().await;
    });
    settle().await;
    let start = Instant::now();
    soon(task.kill()).await;
    assert_eq!(start.elapsed(), ms(20));
    assert_eq!(journal.read(), ["save begins", "save ends", "still here until the next suspension"]);
}

#[tokio::test(start_paused = true)]
async fn shield_breaks_only_when_the_grace_is_over() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move { shield(held(&log, "dropped")).await });
    settle().await;
    assert!(matches!(soon(task.kill_within(ms(10))).await, Exit::CutOff(_)));
    assert_eq!(journal.read(), ["dropped"]);
}

#[tokio::test(start_paused = true)]
async fn shield_passes_a_panic_on() {
    let task = spawn(shield(async { panic!("inside") }));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(info) if info.message() == "inside"));
}

#[tokio::test(start_paused = true)]
async fn shield_that_is_dropped_hands_on_what_it_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("inner", 10));
        let shielded = shield(async move {
            let _ = tokio::time::timeout(ms(2), inner).await;
            pending::<()>().await;
        });
        let _ = tokio::time::timeout(ms(5), shielded).await;
        log.note("dropped");
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["inner begins", "dropped", "inner ends"]);
}

#[tokio::test(start_paused = true)]
async fn clean_up_adopted_by_a_timeout_in_its_first_poll_starts_without_another_wake() {
    let (tell, told) = tokio::sync::oneshot::channel();
    let task = spawn(timeout(None, async move {
        let cleanup = async move {
            let _ = tell.send(());
        };
        tokio::select! {
            biased;
            () = finally(pending::<()>(), cleanup) => {}
            () = ready(()) => {}
        }
        told.await.unwrap();
    }));
    soon(task.join()).await;
}

#[tokio::test(start_paused = true)]
async fn clean_up_adopted_in_the_first_poll_starts_without_another_wake() {
    let journal = Journal::default();
    let log = journal.clone();
    let (tell, told) = tokio::sync::oneshot::channel();
    let task = spawn(async move {
        let cleanup = async move {
            let _ = tell.send(());
        };
        tokio::select! {
            biased;
            () = finally(pending::<()>(), cleanup) => {}
            () = ready(()) => {}
        }
        told.await.unwrap();
        log.note("told");
    });
    soon(task.join()).await;
    assert_eq!(journal.read(), ["told"]);
}

#[tokio::test(start_paused = true)]
async fn panicking_drop_in_the_body_of_a_dropped_finally_does_not_cost_the_clean_up() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let body = async {
            let _bomb = Bomb("bang");
            pending::<()>().await
        };
        let _ = tokio::time::timeout(ms(1), finally(body, log.entry("clean-up"))).await;
    });
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "bang"), "{exit}");
    assert_eq!(journal.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn panicking_drop_in_the_body_of_a_dropped_timeout_does_not_cost_what_it_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("clean-up", 10));
        let body = async {
            let _bomb = Bomb("bang");
            let _ = tokio::time::timeout(ms(1), inner).await;
            pending::<()>().await
        };
        let _ = tokio::time::timeout(ms(5), timeout(None, body)).await;
    });
    assert!(matches!(soon(task.join()).await, Exit::Panicked(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn panicking_drop_in_the_body_of_a_dropped_shield_does_not_cost_what_it_adopted() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let inner = finally(pending::<()>(), log.slow("clean-up", 10));
        let body = async {
            let _bomb = Bomb("bang");
            let _ = tokio::time::timeout(ms(1), inner).await;
            pending::<()>().await
        };
        let _ = tokio::time::timeout(ms(5), shield(body)).await;
    });
    assert!(matches!(soon(task.join()).await, Exit::Panicked(_)));
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn kill_ends_a_task_that_goes_from_one_shield_into_the_next() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        loop {
            shield(sleep(ms(10))).await;
            log.note("step");
        }
    });
    sleep(ms(25)).await;
    let exit = task.kill_within(Duration::from_secs(60));
    let exit = soon(exit).await;
    assert!(matches!(exit, Exit::Killed(_)), "{exit}");
    assert_eq!(journal.read(), ["step"; 3]);
}

#[tokio::test(start_paused = true)]
async fn killed_scope_in_a_crowd_of_busy_neighbours_still_unwinds_in_place() {
    // FuturesUnordered stops its poll after two children that woke themselves, so the scope's turn comes late.
    fn busy() -> impl Future<Output = ()> + Send {
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let mut crowd: FuturesUnordered<Pin<Box<dyn Future<Output = ()> + Send>>> = FuturesUnordered::new();
        let (saving, started) = (log.clone(), log.clone());
        crowd.push(Box::pin(shield(async move {
            started.note("started");
            // The clock stands still while somebody is busy.
            for _ in 0..300 {
                tokio::task::yield_now().await;
            }
            saving.note("saved");
        })));
        for _ in 0..40 {
            crowd.push(Box::pin(busy()));
        }
        while crowd.next().await.is_some() {}
    });
    settle().await;
    assert_eq!(journal.read(), ["started"]);
    let exit = soon(task.kill()).await;
    assert!(matches!(exit, Exit::Killed(_)), "{exit}");
    assert_eq!(journal.read(), ["started", "saved"]);
}

#[tokio::test(start_paused = true)]
async fn kill_does_not_stop_a_clean_up_that_became_a_task_of_its_own() {
    let journal = Journal::default();
    let (mine, itself) = (journal.clone(), std::sync::Arc::new(std::sync::Mutex::new(None)));
    let known = itself.clone();
    {
        let cleanup = async move {
            *known.lock().unwrap() = current();
            mine.slow("clean-up", 5).await;
        };
        let mut dropped = pin!(finally(pending::<()>(), cleanup));
        assert!(poll_once(dropped.as_mut()).await.is_pending());
    }
    settle().await;
    let task = itself.lock().unwrap().take().unwrap();
    let exit = soon(task.kill()).await;
    assert!(matches!(exit, Exit::Killed(_) | Exit::Finished), "{exit}");
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn scope_first_polled_outside_of_a_task_becomes_a_task_also_when_it_is_dropped_in_one() {
    let journal = Journal::default();
    let (log, known) = (journal.clone(), Journal::default());
    let name = known.clone();
    let parent = spawn(async move {
        // Dropped in a task, but the scope was first polled outside of one: nobody can adopt it.
        let mut scope = Box::pin(finally(pending::<()>(), async move {
            name.note(current().unwrap().name().unwrap());
            log.slow("clean-up", 5).await;
        }));
        assert!(std::thread::scope(|threads| {
            threads.spawn(|| scope.as_mut().now_or_never().is_none()).join().unwrap()
        }));
    });
    soon(parent.join()).await;
    sleep(ms(20)).await;
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
    assert_eq!(known.read(), ["clean-up"]);
}

#[tokio::test(start_paused = true)]
async fn shield_inside_a_clean_up_begins_although_the_task_is_killed() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(finally(pending::<()>(), async move {
        shield(log.slow("inside", 5)).await;
        log.note("clean-up ends");
    }));
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["inside begins", "inside ends", "clean-up ends"]);
}

#[tokio::test(start_paused = true)]
async fn shield_that_has_not_begun_when_its_scope_is_cancelled_does_not_begin() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = spawn(async move {
        let late = async {
            sleep(ms(5)).await;
            shield(log.entry("never")).await;
        };
        join!(finally(pending::<()>(), log.slow("clean-up", 20)), late);
    });
    settle().await;
    soon(task.kill()).await;
    assert_eq!(journal.read(), ["clean-up begins", "clean-up ends"]);
}
