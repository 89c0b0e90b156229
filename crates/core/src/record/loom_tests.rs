//! Every interleaving of a task's end and start with those who want something of it.

use std::panic::Location;
use std::sync::Arc;
use std::task::{Wake, Waker};

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread;
use tokio::time::{Duration, Instant};

use super::{Cell, End, Facts, JoinTicket, KillOrder, Output, Phase, Record, control, order_kill};

/// Counts wakes.
struct Bell(AtomicUsize);

impl Bell {
    fn new() -> (Arc<Self>, Waker) {
        let bell = Arc::new(Self(AtomicUsize::new(0)));
        (bell.clone(), Waker::from(bell))
    }

    fn rings(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn cell() -> Arc<Cell<u32>> {
    Arc::new(Cell::new(Facts::new(None, Location::caller(), None, Phase::Scheduled)))
}

fn order(reason: &str, grace: Option<Duration>) -> KillOrder {
    KillOrder { reason: reason.into(), deadline: grace.map(|grace| Instant::now() + grace) }
}

/// What a joiner does in its poll: a place, or `None` if the task is over.
fn sit_down(cell: &Cell<u32>, waker: Waker) -> Option<JoinTicket> {
    control(cell, |control| (!cell.facts().is_over()).then(|| control.joiners.park(waker)))
}

/// What a joiner does in its drop.
fn stand_up(cell: &Cell<u32>, ticket: JoinTicket) {
    let waker =
        control(cell, |control| if cell.facts().is_over() { None } else { control.joiners.leave(ticket) });
    drop(waker);
}

#[test]
fn loom_kill_is_seen_by_the_first_park_or_wakes_it() {
    loom::model(|| {
        let (cell, (bell, waker)) = (cell(), Bell::new());
        let killer = thread::spawn({
            let cell = cell.clone();
            move || assert!(order_kill(&*cell, order("now", None)).is_none())
        });
        let before = cell.facts().is_killed();
        cell.facts().set_phase(Phase::Parked);
        let seen = cell.park(&waker) || before;
        killer.join().unwrap();
        assert!(seen || bell.rings() == 1);
        assert!(cell.facts().is_killed());
    });
}

#[test]
fn loom_joiner_sees_the_end_or_is_woken_by_it() {
    loom::model(|| {
        let (cell, (bell, waker)) = (cell(), Bell::new());
        let runner = thread::spawn({
            let cell = cell.clone();
            move || cell.finish(End::Value(7))
        });
        let seated = sit_down(&cell, waker).is_some();
        runner.join().unwrap();
        assert_eq!(bell.rings(), usize::from(seated));
        assert!(cell.facts().is_over());
        assert!(cell.with_state(|state| matches!(state.output, Output::Ready(7))));
    });
}

#[test]
fn loom_joiner_that_leaves_costs_the_others_no_wake() {
    loom::model(|| {
        let (cell, (one, first), (two, second)) = (cell(), Bell::new(), Bell::new());
        let leaver = sit_down(&cell, first).unwrap();
        let _stays = sit_down(&cell, second).unwrap();
        let runner = thread::spawn({
            let cell = cell.clone();
            move || cell.finish(End::Value(7))
        });
        stand_up(&cell, leaver);
        runner.join().unwrap();
        assert_eq!(two.rings(), 1);
        assert!(one.rings() <= 1);
    });
}

#[test]
fn loom_of_two_killers_one_gives_the_reason_and_the_earlier_limit_counts() {
    loom::model(|| {
        let (cell, (bell, waker)) = (cell(), Bell::new());
        let (long, short) =
            (order("long", Some(Duration::from_secs(9))), order("short", Some(Duration::from_secs(1))));
        let earlier = short.deadline;
        let killers = [long, short].map(|order| {
            let cell = cell.clone();
            thread::spawn(move || drop(order_kill(&*cell, order)))
        });
        let late = cell.park(&waker);
        killers.into_iter().for_each(|killer| killer.join().unwrap());
        let kept = control(&*cell, |control| control.kill_order().cloned()).unwrap();
        assert_eq!(kept.deadline, earlier);
        assert!(["long", "short"].contains(&kept.reason.as_str()));
        assert!(late || bell.rings() > 0);
    });
}

#[test]
fn loom_kill_of_a_task_that_ends_changes_nothing_about_its_end() {
    loom::model(|| {
        let (cell, (_bell, waker)) = (cell(), Bell::new());
        cell.park(&waker);
        let killer = thread::spawn({
            let cell = cell.clone();
            move || drop(order_kill(&*cell, order("late", None)))
        });
        cell.finish(End::Value(7));
        killer.join().unwrap();
        assert_eq!(cell.facts().phase(), Phase::Finished);
    });
}

#[test]
fn loom_hook_runs_once_with_the_end_or_not_at_all_if_it_is_taken_back() {
    loom::model(|| {
        let cell = cell();
        let calls = Arc::new(AtomicUsize::new(0));
        let counted = calls.clone();
        let number = control(&*cell, |control| {
            control.add_hook(Box::new(move |record: &Arc<dyn Record>| {
                assert!(record.facts().is_over());
                counted.fetch_add(1, Ordering::SeqCst);
            }))
        });
        let runner = thread::spawn({
            let cell = cell.clone();
            move || cell.finish(End::Value(7))
        });
        let taken = control(&*cell, |control| control.remove_hook(number));
        runner.join().unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), usize::from(taken.is_none()));
    });
}
