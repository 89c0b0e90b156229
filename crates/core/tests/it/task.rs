//! Tasks: how they start, end, and tell.

use std::error::Error;
use std::future::{pending, ready};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use greenroom_core::{
    AnyTask, Exit, Task, TaskBuilder, TaskError, current, finally, join_all, spawn, spawn_fallible,
    spawn_later,
};
use greenroom_testkit::LogCapture;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep};

use crate::journal::{Bomb, Journal, ms, poll_once, settle, soon};

#[tokio::test(start_paused = true)]
async fn any_output_is_a_value_an_err_too() {
    let task = spawn(async { Err::<(), _>("only a value") });
    assert_eq!(soon(task.get()).await.unwrap(), Err("only a value"));
    assert!(task.is_successful());
    assert!(matches!(task.exit(), Some(Exit::Finished)));
}

#[tokio::test(start_paused = true)]
async fn fallible_task_gives_its_value_flattened() {
    let task = spawn_fallible(async { "42".parse::<u8>() });
    assert_eq!(soon(task.get()).await.unwrap(), 42);
}

#[tokio::test(start_paused = true)]
async fn err_of_a_fallible_task_is_its_failure() {
    let task = spawn_fallible(async { "4x".parse::<u8>() });
    let error = soon(task.get()).await.unwrap_err();
    assert!(matches!(&error, TaskError::Failed(_)));
    assert!(error.source().unwrap().downcast_ref::<std::num::ParseIntError>().is_some());
    assert!(matches!(task.exit(), Some(Exit::Failed(_))));
    assert!(task.is_finished() && !task.is_successful());
    let io = std::io::Error::from(error);
    assert!(io.get_ref().unwrap().source().is_some());
}

#[tokio::test(start_paused = true)]
async fn get_gives_a_clone_to_everybody() {
    let task = spawn(async {
        sleep(ms(5)).await;
        String::from("hello")
    });
    let waiting: Vec<_> = (0..10)
        .map(|_| {
            let task = task.clone();
            spawn(async move { task.get().await.unwrap() })
        })
        .collect();
    for wait in waiting {
        assert_eq!(soon(wait).await.unwrap(), "hello");
    }
    assert_eq!(soon(&task).await.unwrap(), "hello");
    assert_eq!(soon(task.get()).await.unwrap(), "hello");
}

#[tokio::test(start_paused = true)]
async fn first_taker_has_the_value_and_others_learn_that_it_is_taken() {
    struct NotClone;
    let task = spawn(async {
        sleep(ms(5)).await;
        NotClone
    });
    let both = [spawn(task.take()), spawn(task.take())];
    let mut taken = 0;
    for taker in both {
        match soon(taker).await.unwrap() {
            Ok(NotClone) => taken += 1,
            Err(error) => assert!(matches!(error, TaskError::Taken)),
        }
    }
    assert_eq!(taken, 1);
    assert!(matches!(soon(task.clone()).await, Err(TaskError::Taken)));
    assert!(task.is_successful());
    assert!(soon(task.join()).await.is_finished());
}

#[tokio::test(start_paused = true)]
async fn get_after_take_is_an_error() {
    let task = spawn(async { 1 });
    assert_eq!(soon(task.take()).await.unwrap(), 1);
    assert!(matches!(soon(task.get()).await, Err(TaskError::Taken)));
}

#[tokio::test(start_paused = true)]
async fn get_whose_clone_panics_leaves_the_value_to_others() {
    static CLONES: AtomicU32 = AtomicU32::new(0);
    #[derive(Debug)]
    struct Touchy;
    impl Clone for Touchy {
        fn clone(&self) -> Self {
            assert!(CLONES.fetch_add(1, Ordering::Relaxed) != 0, "not me");
            Self
        }
    }
    let task = spawn(async { Touchy });
    let first = spawn(task.get());
    assert!(matches!(soon(first.join()).await, Exit::Panicked(info) if info.message() == "not me"));
    assert!(soon(task.get()).await.is_ok());
    assert!(soon(task.take()).await.is_ok());
}

#[test]
fn take_waits_while_the_value_is_being_copied_for_somebody() {
    struct Slow(Arc<Mutex<std::sync::mpsc::Receiver<()>>>, std::sync::mpsc::Sender<()>);
    impl Clone for Slow {
        fn clone(&self) -> Self {
            self.1.send(()).unwrap();
            self.0.lock().unwrap().recv().unwrap();
            Self(self.0.clone(), self.1.clone())
        }
    }
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let (go, gone) = std::sync::mpsc::channel();
        let (cloning, started) = std::sync::mpsc::channel();
        let task = spawn(ready(Slow(Arc::new(Mutex::new(gone)), cloning)));
        let getter = tokio::spawn(task.get());
        tokio::task::block_in_place(|| started.recv().unwrap());
        // The value is lent: neither of the two has it now, and both get an answer.
        let takers = [tokio::spawn(task.take()), tokio::spawn(task.take())];
        sleep(ms(1)).await;
        assert!(takers.iter().all(|taker| !taker.is_finished()));
        go.send(()).unwrap();
        assert!(getter.await.unwrap().is_ok());
        let mut taken = 0;
        for taker in takers {
            taken += u32::from(taker.await.unwrap().is_ok());
        }
        assert_eq!(taken, 1);
    });
}

#[tokio::test(start_paused = true)]
async fn dropping_handles_neither_kills_nor_detaches() {
    let journal = Journal::default();
    let (log, id) = (journal.clone(), Arc::new(Mutex::new(None)));
    let known = id.clone();
    drop(spawn(async move {
        *known.lock().unwrap() = current();
        sleep(ms(5)).await;
        log.note("done");
    }));
    settle().await;
    let task = id.lock().unwrap().take().unwrap();
    assert!(soon(task.join()).await.is_finished());
    assert_eq!(journal.read(), ["done"]);
}

#[tokio::test(start_paused = true)]
async fn dropping_one_joiner_leaves_the_task_and_the_other_joiners_alone() {
    let task = spawn(sleep(ms(5)));
    let mut joiners: Vec<_> = (0..5).map(|_| Box::pin(task.join())).collect();
    for join in &mut joiners {
        assert!(poll_once(join.as_mut()).await.is_pending());
    }
    drop(joiners.remove(3));
    drop(joiners.remove(0));
    for join in joiners {
        assert!(soon(join).await.is_finished());
    }
}

#[tokio::test(start_paused = true)]
async fn waiting_for_oneself_is_an_error_and_not_a_hang() {
    async fn itself() -> AnyTask {
        tokio::task::yield_now().await;
        current().unwrap()
    }
    let joins = spawn(async { itself().await.join().await });
    let exit = soon(joins.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message().contains("waits for itself")), "{exit}");

    let own: Arc<Mutex<Option<Task<u8>>>> = Arc::default();
    let mine = own.clone();
    let gets = spawn(async move {
        tokio::task::yield_now().await;
        let own = mine.lock().unwrap().take().unwrap();
        let get = own.get().await;
        assert!(matches!(own.take().await, Err(TaskError::Itself)));
        assert!(matches!(get, Err(TaskError::Itself)));
        3
    });
    *own.lock().unwrap() = Some(gets.clone());
    assert_eq!(soon(gets.get()).await.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn id_name_parent_and_place_are_recorded() {
    let line = line!() + 1;
    let parent = TaskBuilder::new().name("parent").spawn(async {
        let child = spawn(async { current().unwrap() });
        (child.id(), child.parent(), child.get().await.unwrap())
    });
    assert_eq!(parent.name(), Some("parent"));
    assert_eq!(parent.parent(), None);
    assert_eq!((parent.spawned_at().file(), parent.spawned_at().line()), (file!(), line));
    let (id, of_child, seen) = soon(parent.get()).await.unwrap();
    assert_ne!(id, parent.id());
    assert_eq!(of_child, Some(parent.id()));
    assert_eq!(seen.id(), id);
    assert_eq!(seen.name(), None);
    assert!(current().is_none());
}

#[tokio::test(start_paused = true)]
async fn spawn_later_sleeps_first() {
    let start = Instant::now();
    let task = spawn_later(ms(30), async move { start.elapsed() });
    assert!(task.is_started());
    assert_eq!(soon(task.get()).await.unwrap(), ms(30));
}

#[tokio::test(start_paused = true)]
async fn spawn_later_that_is_killed_before_never_polls() {
    let journal = Journal::default();
    let task = spawn_later(ms(30), journal.entry("never"));
    sleep(ms(20)).await;
    assert!(soon(task.kill()).await.is_killed());
    sleep(ms(20)).await;
    assert!(journal.read().is_empty());
}

// Unstarted tasks.

#[tokio::test(start_paused = true)]
async fn unstarted_task_waits_for_its_start() {
    let journal = Journal::default();
    let log = journal.clone();
    let task = TaskBuilder::new().unstarted().spawn(async move {
        log.note("runs");
        1
    });
    settle().await;
    assert!(!task.is_started() && !task.is_finished() && task.exit().is_none());
    task.start();
    task.start();
    assert!(task.is_started());
    assert_eq!(soon(task.get()).await.unwrap(), 1);
    task.start();
    settle().await;
    assert_eq!(journal.read(), ["runs"]);
    assert!(task.is_started());
}

#[test]
fn unstarted_task_that_is_dropped_leaks_nothing() {
    let runtime = current_thread();
    let shared = Arc::new(());
    let weak: Weak<()> = Arc::downgrade(&shared);
    let task = {
        let _guard = runtime.enter();
        TaskBuilder::new().unstarted().spawn(async move { drop(shared) })
    };
    drop(task);
    assert!(weak.upgrade().is_none());
}

#[test]
fn unstarted_task_runs_on_the_runtime_named_by_its_builder() {
    let runtime = current_thread();
    let task = TaskBuilder::new().unstarted().on(runtime.handle()).spawn(async { 8 });
    task.start();
    assert_eq!(runtime.block_on(task.get()).unwrap(), 8);
}

#[test]
fn start_outside_of_a_runtime_panics_and_everybody_learns_that_the_task_is_lost() {
    let task = TaskBuilder::new().unstarted().spawn(async { 8 });
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| task.start())).is_err());
    assert!(matches!(task.exit(), Some(Exit::Lost)));
}

// Panics.

#[tokio::test(start_paused = true)]
async fn panic_is_an_exit_with_its_message_and_logged_once() {
    let lines = LogCapture::of("greenroom");
    let task = TaskBuilder::new().name("fragile").spawn(async {
        if true {
            panic!("number {}", 7);
        }
    });
    let line = line!() - 5;
    assert!(matches!(soon(task.get()).await, Err(TaskError::Panicked(info)) if info.message() == "number 7"));
    assert!(matches!(soon(task.join()).await, Exit::Panicked(_)));
    let expected = format!(
        "ERROR a task panicked task={} name=\"fragile\" spawned_at={}:{line}:49 panic=number 7",
        task.id(),
        file!()
    );
    let id = task.id();
    drop(task);
    let read = lines.take_text();
    assert_eq!(read.len(), 1, "{read:?}");
    let (got, wanted) = (without_column(&read[0]), without_column(&expected));
    assert_eq!(got, wanted, "{id}");
}

/// A log line without the column of the place.
fn without_column(line: &str) -> String {
    let parts: Vec<_> =
        line.split(' ').map(|word| word.rsplit_once(':').map_or(word, |(left, _)| left)).collect();
    parts.join(" ")
}

#[tokio::test(start_paused = true)]
async fn panic_without_words_and_with_a_payload_that_panics_when_dropped_is_contained() {
    let task = spawn(async { std::panic::panic_any(Bomb("payload")) });
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "a panic without a message"), "{exit}");
}

// Links.

#[tokio::test(start_paused = true)]
async fn links_are_called_in_order_each_in_a_task_of_its_own() {
    let journal = Journal::default();
    let task = spawn(sleep(ms(5)));
    for word in ["one", "two", "three"] {
        let log = journal.clone();
        task.link(move |task| async move {
            assert!(task.is_finished());
            assert_eq!(current().unwrap().name(), Some("link"));
            log.note(word);
            sleep(ms(5)).await;
        });
    }
    soon(task.join()).await;
    settle().await;
    assert_eq!(journal.read(), ["one", "two", "three"]);
}

#[tokio::test(start_paused = true)]
async fn link_value_and_link_error_choose_by_the_end() {
    async fn ends<T: Send + 'static>(task: Task<T>) -> Vec<String> {
        let journal = Journal::default();
        let (value, error, any) = (journal.clone(), journal.clone(), journal.clone());
        task.link_value(|_| async move { value.note("value") });
        task.link_error(|_| async move { error.note("error") });
        task.link(|_| async move { any.note("any") });
        settle().await;
        soon(task.kill()).await;
        settle().await;
        journal.read()
    }
    assert_eq!(ends(spawn(async { 1 })).await, ["value", "any"]);
    assert_eq!(ends(spawn_fallible(async { Err::<(), _>("no") })).await, ["error", "any"]);
    assert_eq!(ends(spawn(async { panic!("ouch") })).await, ["error", "any"]);
    assert_eq!(ends(spawn(pending::<()>())).await, ["error", "any"]);
}

#[tokio::test(start_paused = true)]
async fn link_after_the_end_is_called_too() {
    let journal = Journal::default();
    let task = spawn(async { 4 });
    soon(task.join()).await;
    let log = journal.clone();
    task.link(|task| async move { log.note(format!("got {}", task.get().await.unwrap())) });
    assert!(journal.read().is_empty());
    settle().await;
    assert_eq!(journal.read(), ["got 4"]);
}

#[tokio::test(start_paused = true)]
async fn unlinked_callback_is_not_called_and_is_dropped() {
    let journal = Journal::default();
    let task = spawn(sleep(ms(5)));
    let (held, log, other) = (journal.on_drop("dropped"), journal.clone(), journal.clone());
    let link = task.link(move |_| async move {
        let _held = held;
        log.note("never");
    });
    task.link(move |_| async move { other.note("other") });
    task.unlink(link);
    task.unlink(link);
    assert_eq!(journal.read(), ["dropped"]);
    soon(task.join()).await;
    settle().await;
    task.unlink(link);
    assert_eq!(journal.read(), ["dropped", "other"]);
}

#[tokio::test(start_paused = true)]
async fn panic_in_a_link_is_that_link_s_alone() {
    let lines = LogCapture::of("greenroom");
    let journal = Journal::default();
    let task = spawn(async { 1 });
    let log = journal.clone();
    task.link(|_| async { panic!("in the future") });
    #[expect(unreachable_code, reason = "the closure itself panics")]
    task.link(|_| {
        panic!("in the closure");
        ready(())
    });
    task.link(|_| async move { log.note("third") });
    settle().await;
    assert_eq!(soon(task.get()).await.unwrap(), 1);
    assert_eq!(journal.read(), ["third"]);
    assert_eq!(lines.take_text().len(), 2);
}

// Letting others go first.

#[tokio::test(start_paused = true)]
async fn those_who_yield_come_back_in_the_order_in_which_they_went() {
    let journal = Journal::default();
    let tasks = ["a", "b", "c", "d", "e"].map(|name| {
        let log = journal.clone();
        spawn(async move {
            for _ in 0..100 {
                log.note(name);
                greenroom_core::yield_now().await;
            }
        })
    });
    join_all(&tasks).await;
    assert_eq!(journal.read().concat(), "abcde".repeat(100));
}

#[test]
fn who_yields_for_ever_starves_neither_a_timer_nor_another_thread_s_word() {
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        runtime.enable_all().worker_threads(1).build().unwrap().block_on(async {
            let yielding = spawn(async {
                loop {
                    greenroom_core::yield_now().await;
                }
            });
            sleep(ms(1)).await;
            assert_eq!(tokio::task::spawn_blocking(|| 7).await.unwrap(), 7);
            assert!(matches!(yielding.kill().await, Exit::Killed(_)));
        });
    }
}

// What is logged.

#[tokio::test(start_paused = true)]
async fn failure_that_nobody_looked_at_is_logged_once_when_the_last_handle_goes() {
    let lines = LogCapture::of("greenroom");
    let task = TaskBuilder::new().name("loser").spawn_fallible(async { Err::<(), _>("disk full") });
    let copy = task.clone();
    settle().await;
    assert!(task.is_finished());
    drop(task);
    assert_eq!(lines.take_text(), [""; 0]);
    let id = copy.id();
    drop(copy);
    let read = lines.take_text();
    assert_eq!(read.len(), 1, "{read:?}");
    assert!(read[0].starts_with(&format!("ERROR a task failed and nobody looked task={id} name=\"loser\"")));
    assert!(read[0].contains(file!()) && read[0].ends_with("error=disk full"), "{read:?}");
}

#[tokio::test(start_paused = true)]
async fn failure_of_a_task_without_handles_is_logged_at_its_end() {
    let lines = LogCapture::of("greenroom");
    drop(spawn_fallible(async { Err::<(), _>("disk full") }));
    settle().await;
    assert_eq!(lines.take_text().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn failure_that_somebody_looked_at_is_not_logged() {
    let lines = LogCapture::of("greenroom");
    let fail = || spawn_fallible(async { Err::<(), _>("disk full") });
    let task = fail();
    assert!(soon(task).await.is_err());
    let task = fail();
    soon(task.join()).await;
    drop(task);
    let task = fail();
    settle().await;
    assert!(task.exit().is_some());
    drop(task);
    let task = fail();
    task.link_error(|_| async {});
    settle().await;
    drop(task);
    assert_eq!(lines.take_text(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn failure_of_which_join_all_knows_the_end_alone_is_logged() {
    let lines = LogCapture::of("greenroom");
    let task = spawn_fallible(async { Err::<(), _>("disk full") });
    let ended = soon(join_all([&task])).await;
    drop(task);
    assert_eq!(lines.take_text(), [""; 0]);
    drop(ended);
    assert_eq!(lines.take_text().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn kill_is_not_logged() {
    let lines = LogCapture::of("greenroom");
    let task = spawn(pending::<()>());
    settle().await;
    task.kill_nowait();
    drop(task);
    settle().await;
    assert_eq!(lines.take_text(), [""; 0]);
}

// The end of a runtime.

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn multi_thread() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

#[test]
fn runtime_that_goes_away_makes_everybody_learn_that_the_task_is_lost() {
    for make in [current_thread, multi_thread] {
        let (runtime, here) = (make(), current_thread());
        let journal = Journal::default();
        let (cleanup, linked) = (journal.entry("clean-up"), journal.clone());
        let held = journal.on_drop("body dropped");
        let body = async move {
            let _held = held;
            // One that is adopted and runs, and one that is in its body.
            let _ = tokio::time::timeout(ms(1), finally(pending::<()>(), pending::<()>())).await;
            finally(pending::<()>(), cleanup).await
        };
        let (parked, entered) = std::sync::mpsc::channel();
        let task = runtime.block_on(async move {
            let task = spawn(async move {
                parked.send(()).unwrap();
                body.await
            });
            task.link(|_| async move { linked.note("link") });
            task
        });
        // A current-thread runtime runs only while it is entered.
        runtime.block_on(async { sleep(ms(20)).await });
        entered.recv().unwrap();
        let waiting = [task.clone(), task.clone()].map(|task| here.spawn(async move { task.join().await }));
        let getting = here.spawn(task.get());
        let killing = here.spawn(task.kill_within(Duration::from_secs(600)));
        here.block_on(async {
            settle().await;
            drop_runtime(runtime).await;
            for wait in waiting {
                assert!(matches!(wait.await.unwrap(), Exit::Lost | Exit::Killed(_)));
            }
            let _ = getting.await.unwrap();
            let _ = killing.await.unwrap();
        });
        assert!(task.is_finished());
        assert_eq!(journal.read().iter().filter(|word| *word == "body dropped").count(), 1);
    }
}

async fn drop_runtime(runtime: Runtime) {
    tokio::task::spawn_blocking(move || drop(runtime)).await.unwrap();
}

#[test]
fn when_a_runtime_goes_away_no_clean_up_runs_and_every_waiter_gets_lost() {
    for make in [current_thread, multi_thread] {
        let runtime = make();
        let journal = Journal::default();
        let log = journal.clone();
        let task = runtime.block_on(async {
            let (told, entered) = tokio::sync::oneshot::channel();
            let task = spawn(async move {
                let mut inner = Box::pin(finally(pending::<()>(), log.entry("inner")));
                assert!(poll_once(inner.as_mut()).await.is_pending());
                // Adopted by the task, and in its middle.
                drop(finally_polled(log.clone()).await);
                let _ = told.send(());
                finally(inner, log.entry("outer")).await
            });
            entered.await.unwrap();
            task
        });
        drop(runtime);
        let here = current_thread();
        assert!(matches!(here.block_on(task.join()), Exit::Lost));
        assert!(matches!(here.block_on(task.get()), Err(TaskError::Lost)));
        assert!(matches!(here.block_on(task.kill()), Exit::Lost));
        assert!(journal.read().is_empty(), "{:?}", journal.read());
    }
}

/// A scope that was entered.
async fn finally_polled(log: Journal) -> impl Send {
    let mut scope = Box::pin(finally(pending::<()>(), async move {
        pending::<()>().await;
        log.note("adopted");
    }));
    assert!(poll_once(scope.as_mut()).await.is_pending());
    scope
}

#[test]
fn spawn_outside_of_a_runtime_panics() {
    assert!(std::panic::catch_unwind(|| spawn(async {})).is_err());
}

#[tokio::test(start_paused = true)]
async fn age_counts_from_the_first_suspension_and_ends_with_the_task() {
    let task = spawn(sleep(Duration::from_secs(10)));
    assert_eq!(task.age(), None);
    settle().await;
    sleep(ms(2500)).await;
    // To the second: two clock readings, each without its fraction.
    assert!(matches!(task.age().map(|age| age.as_secs()), Some(2 | 3)), "{:?}", task.age());
    soon(task.join()).await;
    assert_eq!(task.age(), None);
}

#[tokio::test(start_paused = true)]
async fn exits_and_errors_speak_plainly() {
    let task = spawn(pending::<()>());
    settle().await;
    let exit = soon(task.kill().reason("closing")).await;
    assert_eq!(exit.to_string(), "killed: closing");
    assert_eq!(soon(task.take()).await.unwrap_err().to_string(), "the task was killed: closing");
    assert_eq!(soon(spawn(ready(())).join()).await.to_string(), "finished");
    let failed = spawn_fallible(async { Err::<(), _>("no") });
    assert_eq!(soon(failed.join()).await.to_string(), "failed: no");
}

#[test]
fn panic_in_a_drop_while_a_runtime_goes_away_keeps_the_end_from_nobody() {
    let runtime = current_thread();
    let task = runtime.block_on(async {
        let task = spawn(async {
            let adopted = finally(pending::<()>(), async {
                let _bomb = Bomb("adopted");
                pending::<()>().await
            });
            let _ = tokio::time::timeout(ms(1), adopted).await;
            pending::<()>().await
        });
        sleep(ms(10)).await;
        task
    });
    drop(runtime);
    assert!(matches!(task.exit(), Some(Exit::Lost)));
}

#[tokio::test(start_paused = true)]
async fn second_panic_whose_payload_panics_when_dropped_is_contained() {
    struct Worse;
    impl Drop for Worse {
        fn drop(&mut self) {
            std::panic::panic_any(Bomb("payload"));
        }
    }
    struct Body {
        _worse: Worse,
    }
    impl Future for Body {
        type Output = ();
        fn poll(self: std::pin::Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<()> {
            // The future is not unwound, only dropped afterwards: its drop panics for a second time.
            panic!("first")
        }
    }
    let task = spawn(Body { _worse: Worse });
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "first"), "{exit}");

    let inner = finally(Body { _worse: Worse }, async {});
    let task = spawn(inner);
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "first"), "{exit}");

    // Cut off, with a drop that panics so.
    let task = spawn(finally(pending::<()>(), async {
        let _worse = Worse;
        pending::<()>().await
    }));
    settle().await;
    assert!(matches!(soon(task.kill_within(ms(1))).await, Exit::CutOff(_)));
}

#[tokio::test(start_paused = true)]
async fn panic_in_the_conversion_of_an_error_is_a_panic_of_the_task() {
    struct Rude;
    impl From<Rude> for Box<dyn Error + Send + Sync> {
        fn from(_: Rude) -> Self {
            panic!("no conversion")
        }
    }
    let task = spawn_fallible(async { Err::<(), _>(Rude) });
    let exit = soon(task.join()).await;
    assert!(matches!(&exit, Exit::Panicked(info) if info.message() == "no conversion"), "{exit}");
}

#[tokio::test(start_paused = true)]
async fn unstarted_task_that_is_killed_never_runs_and_links_fire() {
    let journal = Journal::default();
    let (captured, linked) = (journal.on_drop("captured"), journal.clone());
    let task = TaskBuilder::new().unstarted().spawn(async move {
        let _captured = captured;
        pending::<()>().await
    });
    task.link(|_| async move { linked.note("link") });
    let waiting = spawn(task.join());
    settle().await;
    assert!(soon(task.kill().reason("no")).await.is_killed());
    task.start();
    settle().await;
    assert_eq!(journal.read(), ["captured", "link"]);
    assert!(soon(waiting).await.unwrap().is_killed());
    assert!(task.is_finished() && !task.is_successful());
    assert!(!task.is_started());
}

#[tokio::test(start_paused = true)]
async fn link_of_one_task_does_not_take_back_that_of_another() {
    let journal = Journal::default();
    let (one, other) = (spawn(sleep(ms(5))), spawn(sleep(ms(5))));
    let log = journal.clone();
    let link = one.link(|_| async {});
    other.link(move |_| async move { log.note("other") });
    other.unlink(link);
    soon(other.join()).await;
    settle().await;
    assert_eq!(journal.read(), ["other"]);
}
