//! Tasks themselves, run by a loom thread in place of a runtime.

use std::future::pending;
use std::panic::Location;
use std::sync::Arc;

use loom::future::block_on;
use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;

use super::any_task::AnyTask;
use super::outcome::Plain;
use super::run::Run;
use super::task::Task;
use crate::exit::Exit;
use crate::record::{Cell, Facts, Phase};
use crate::scope::{Scope, Shelter};

/// A task, and its future for a thread to run.
fn task<F>(body: F) -> (Task<F::Output>, Run<F, Plain>)
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let cell = Arc::new(Cell::new(Facts::new(None, Location::caller(), None, Phase::Scheduled)));
    (Task::new(AnyTask(cell.clone())), Run::new(cell, body, None))
}

#[test]
fn loom_awaited_kill_ends_a_task_that_parks_meanwhile() {
    loom::model(|| {
        let (task, run) = task(pending::<()>());
        let runner = thread::spawn(move || block_on(run));
        assert!(block_on(task.kill()).is_killed());
        runner.join().unwrap();
    });
}

#[test]
fn loom_two_awaited_kills_learn_of_the_same_end() {
    loom::model(|| {
        let (task, run) = task(pending::<()>());
        let runner = thread::spawn(move || block_on(run));
        let other = thread::spawn({
            let task = task.clone();
            move || block_on(task.kill().reason("one"))
        });
        let exit = block_on(task.kill().reason("two"));
        let (Exit::Killed(one), Exit::Killed(two)) = (other.join().unwrap(), exit) else {
            panic!("it was killed")
        };
        assert_eq!(one, two);
        runner.join().unwrap();
    });
}

#[test]
fn loom_joiner_of_a_task_that_ends_meanwhile_is_told() {
    loom::model(|| {
        let (task, run) = task(async { 7 });
        let runner = thread::spawn(move || block_on(run));
        assert!(block_on(task.join()).is_finished());
        runner.join().unwrap();
    });
}

#[test]
fn loom_getter_and_taker_share_a_value_and_neither_waits_for_ever() {
    loom::model(|| {
        let (task, run) = task(async { 7 });
        block_on(run);
        let taker = thread::spawn({
            let task = task.clone();
            move || block_on(task.take())
        });
        let got = block_on(task.get());
        // The taker has it in any case; the getter, if it came first.
        assert_eq!(taker.join().unwrap().unwrap(), 7);
        assert!(got.is_err() || got.is_ok_and(|value| value == 7));
    });
}

#[test]
fn loom_two_getters_at_once_both_have_the_value() {
    loom::model(|| {
        let (task, run) = task(async { 7 });
        block_on(run);
        let other = thread::spawn({
            let task = task.clone();
            move || block_on(task.get()).unwrap()
        });
        assert_eq!(block_on(task.get()).unwrap(), 7);
        assert_eq!(other.join().unwrap(), 7);
    });
}

#[test]
fn loom_clean_up_adopted_from_another_thread_runs_before_the_task_is_over_or_is_given_back() {
    loom::model(|| {
        let runs = Arc::new(AtomicUsize::new(0));
        let (send, receive) = std::sync::mpsc::channel();
        let (task, run) = task(async move {
            // Stands for a scope that is sent to another thread.
            let mut scope = Scope::new(Shelter::Open);
            scope.settle();
            let _ = send.send(scope);
        });
        let giver = thread::spawn({
            let runs = runs.clone();
            move || {
                let Ok(scope) = receive.try_recv() else { return false };
                let cleanup = Box::pin(async move {
                    runs.fetch_add(1, Ordering::SeqCst);
                });
                scope.above().is_some_and(|above| above.tree.adopt(above.node, cleanup).is_ok())
            }
        });
        block_on(run);
        let adopted = giver.join().unwrap();
        assert!(block_on(task.join()).is_finished());
        // Outside of a runtime one that was handed over in the last moment can only be logged.
        assert!(runs.load(Ordering::SeqCst) <= usize::from(adopted));
    });
}
