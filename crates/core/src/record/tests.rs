//! The roster with threads; the models of its ledger are beside.

use std::cell::Cell as PlainCell;
use std::collections::{HashSet, VecDeque};
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{Cell, End, Facts, Phase, Roster, TaskId};

/// The roster is one for the process.
static ALONE: Mutex<()> = Mutex::new(());

type Record = Arc<Cell<Box<usize>>>;

fn listed() -> Record {
    let record = Arc::new(Cell::new(Facts::new(None, Location::caller(), None, Phase::Scheduled)));
    Roster::insert(&record);
    record
}

fn id(record: &Record) -> TaskId {
    super::Record::facts(&**record).id
}

fn end(record: &Record) {
    record.finish(End::Value(Box::new(7)));
}

fn walked() -> HashSet<TaskId> {
    let mut ids = HashSet::new();
    Roster::walk(|record| assert!(ids.insert(record.facts().id), "a walk finds nobody twice"));
    ids
}

#[test]
fn a_record_is_on_the_roster_until_its_end() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Roster::len();
    let records: Vec<_> = (0..1000).map(|_| listed()).collect();
    assert_eq!(Roster::len(), before + 1000);
    let found = walked();
    assert!(records.iter().all(|record| found.contains(&id(record))));

    Roster::set_enabled(false);
    let unlisted = listed();
    records.iter().for_each(end);
    end(&unlisted);
    Roster::set_enabled(true);
    assert_eq!(Roster::len(), before, "what was listed is removed, whatever the switch says by then");
    let found = walked();
    assert!(!records.iter().any(|record| found.contains(&id(record))));
}

#[test]
fn a_walk_keeps_what_it_visits() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let record = listed();
    let wanted = id(&record);
    let mut record = Some(record);
    Roster::walk(|visited| {
        if visited.facts().id == wanted {
            let record = record.take().expect("found once");
            end(&record);
            drop(record);
            assert!(visited.facts().is_over());
        }
    });
    assert!(record.is_none());
}

#[test]
fn threads_that_come_and_go_and_walk_do_not_disturb_each_other() {
    const ROUNDS: usize = if cfg!(miri) { 200 } else { 20_000 };
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Roster::len();
    let steady: Vec<_> = (0..100).map(|_| listed()).collect();
    let busy = AtomicUsize::new(3);
    // What one thread lists, another ends.
    let passed = Mutex::new(VecDeque::new());
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                for round in 0..ROUNDS {
                    let record = listed();
                    let other = {
                        let mut passed = passed.lock().expect("no panic");
                        passed.push_back(record);
                        if passed.len() > round % 200 { passed.pop_front() } else { None }
                    };
                    if let Some(record) = other {
                        end(&record);
                    }
                }
                busy.fetch_sub(1, Ordering::SeqCst);
            });
        }
        for _ in 0..2 {
            scope.spawn(|| {
                while busy.load(Ordering::SeqCst) > 0 {
                    let found = walked();
                    assert!(steady.iter().all(|record| found.contains(&id(record))), "who stays is found");
                }
            });
        }
    });
    steady.iter().for_each(end);
    passed.into_inner().expect("no panic").iter().for_each(end);
    assert_eq!(Roster::len(), before);
}

#[test]
fn a_thread_that_ends_gives_its_places_back_and_may_still_list() {
    struct Late(PlainCell<bool>);
    impl Drop for Late {
        fn drop(&mut self) {
            let record = listed();
            assert!(walked().contains(&id(&record)));
            end(&record);
        }
    }
    thread_local! {
        static EARLIER: Late = const { Late(PlainCell::new(false)) };
        static LATER: Late = const { Late(PlainCell::new(false)) };
    }
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let before = Roster::len();
    for _ in 0..1000 {
        let thread = thread::spawn(|| {
            EARLIER.with(|late| late.0.set(true));
            end(&listed());
            LATER.with(|late| late.0.set(true));
        });
        thread.join().expect("it ends without a panic");
    }
    assert_eq!(Roster::len(), before);
    assert!(Roster::blocks() < 500, "each thread had places of its own and kept none");
}
