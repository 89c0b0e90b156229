//! Every interleaving of set, clear, wait and cancel.

use std::future::Future;
use std::pin::pin;
use std::task::Context;

use greenroom_testkit::CountingWaker;
use loom::future::block_on;
use loom::thread;

use super::Event;

#[test]
fn loom_set_wakes_who_waits() {
    loom::model(|| {
        let event = Event::new();
        let setter = event.clone();
        let thread = thread::spawn(move || setter.set());
        block_on(event.wait());
        assert!(event.is_set());
        thread.join().unwrap();
    });
}

#[test]
fn loom_set_and_clear_still_free_who_waited_before() {
    loom::model(|| {
        let event = Event::new();
        let wait = event.wait();
        let setter = event.clone();
        let thread = thread::spawn(move || {
            setter.set();
            setter.clear();
        });
        block_on(wait);
        thread.join().unwrap();
        assert!(!event.is_set());
    });
}

#[test]
fn loom_a_cancelled_wait_takes_nobodys_wake_up() {
    loom::model(|| {
        let event = Event::new();
        let (leaver, stayer) = (event.wait(), event.wait());
        let setter = event.clone();
        let set = thread::spawn(move || {
            setter.set();
            setter.clear();
        });
        let cancel = thread::spawn(move || {
            let waker = CountingWaker::new().waker();
            let _ = pin!(leaver).poll(&mut Context::from_waker(&waker));
        });
        block_on(stayer);
        set.join().unwrap();
        cancel.join().unwrap();
    });
}

#[test]
fn loom_two_setters_free_all_once() {
    loom::model(|| {
        let event = Event::new();
        let wait = event.wait();
        let setters = [event.clone(), event.clone()].map(|event| thread::spawn(move || event.set()));
        block_on(wait);
        for setter in setters {
            setter.join().unwrap();
        }
        assert!(event.is_set());
    });
}
