//! Every interleaving of taking, giving back and cancelling, on the quick path and in the line.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::Context;

use greenroom_testkit::CountingWaker;
use loom::cell::UnsafeCell;
use loom::future::block_on;
use loom::thread;

use super::{Acquire, BoundedSemaphore, Semaphore};

/// Polls once, then drops it: with its permit, if it got one.
fn poll_and_drop(acquire: Acquire) {
    let waker = CountingWaker::new().waker();
    let _ = pin!(acquire).poll(&mut Context::from_waker(&waker));
}

#[test]
fn loom_one_permit_lets_one_in_and_orders_what_they_did() {
    loom::model(|| {
        let semaphore = Semaphore::new(1);
        // Loom's cell objects to a second one inside, and to one that does not see the first one's work.
        let inside = Arc::new(UnsafeCell::new(0));
        let enter = |semaphore: Semaphore, inside: Arc<UnsafeCell<u32>>| {
            let permit = block_on(semaphore.acquire());
            inside.with_mut(|_| ());
            drop(permit);
        };
        let thread = thread::spawn({
            let (semaphore, inside) = (semaphore.clone(), Arc::clone(&inside));
            move || enter(semaphore, inside)
        });
        enter(semaphore.clone(), inside);
        thread.join().unwrap();
        assert_eq!(semaphore.available(), 1);
    });
}

#[test]
fn loom_a_permit_handed_to_a_cancelled_waiter_passes_on() {
    loom::model(|| {
        let semaphore = Semaphore::new(0);
        let (leaver, giver) = (semaphore.acquire(), semaphore.clone());
        let cancel = thread::spawn(move || poll_and_drop(leaver));
        let give = thread::spawn(move || giver.release());
        drop(block_on(semaphore.acquire()));
        cancel.join().unwrap();
        give.join().unwrap();
        assert_eq!(semaphore.available(), 1);
    });
}

#[test]
fn loom_the_line_moves_when_one_that_wanted_many_leaves() {
    loom::model(|| {
        let semaphore = Semaphore::new(1);
        let many = semaphore.acquire_many(2);
        let cancel = thread::spawn(move || poll_and_drop(many));
        drop(block_on(semaphore.acquire()));
        cancel.join().unwrap();
        assert_eq!(semaphore.available(), 1);
    });
}

#[test]
fn loom_one_that_wants_many_gathers_what_two_give_back() {
    loom::model(|| {
        let semaphore = Semaphore::new(0);
        let givers =
            [semaphore.clone(), semaphore.clone()].map(|giver| thread::spawn(move || giver.release()));
        let both = block_on(semaphore.acquire_many(2));
        assert_eq!(semaphore.available(), 0);
        drop(both);
        for giver in givers {
            giver.join().unwrap();
        }
        assert_eq!(semaphore.available(), 2);
    });
}

#[test]
fn loom_who_only_looks_takes_nothing_and_is_woken() {
    loom::model(|| {
        let semaphore = Semaphore::new(0);
        let (looker, giver) = (semaphore.clone(), semaphore.clone());
        let look = thread::spawn(move || block_on(looker.wait()));
        let give = thread::spawn(move || giver.release());
        look.join().unwrap();
        give.join().unwrap();
        assert_eq!(semaphore.available(), 1);
    });
}

#[test]
fn loom_two_releases_of_one_forgotten_permit_cannot_both_succeed() {
    loom::model(|| {
        let semaphore = BoundedSemaphore::new(1);
        block_on(semaphore.acquire()).forget();
        let other = semaphore.clone();
        let thread = thread::spawn(move || other.release().is_ok());
        let ours = semaphore.release().is_ok();
        assert!(ours ^ thread.join().unwrap());
        assert_eq!(semaphore.available(), 1);
    });
}
