//! Every interleaving of set, get and cancel.
//!
//! The cell itself is std's and not seen by loom; what is modelled is its order with the line of waiters.

use std::future::Future;
use std::pin::pin;
use std::task::Context;

use greenroom_testkit::CountingWaker;
use loom::future::block_on;
use loom::thread;

use super::AsyncResult;

#[test]
fn loom_set_reaches_every_getter() {
    loom::model(|| {
        let result = AsyncResult::<u32, ()>::default();
        let (getter, setter) = (result.clone(), result.clone());
        let get = thread::spawn(move || block_on(getter.get()));
        let set = thread::spawn(move || setter.set(7).unwrap());
        assert_eq!(block_on(result.get()), Ok(7));
        assert_eq!(get.join().unwrap(), Ok(7));
        set.join().unwrap();
    });
}

#[test]
fn loom_one_of_two_setters_wins_and_the_other_gets_its_value_back() {
    loom::model(|| {
        let result = AsyncResult::<u32, u32>::default();
        let (value, error) = (result.clone(), result.clone());
        let value = thread::spawn(move || value.set(1).map_err(|refused| refused.into_inner()));
        let error = thread::spawn(move || error.set_error(2).map_err(|refused| refused.into_inner()));
        let got = block_on(result.get());
        match (value.join().unwrap(), error.join().unwrap()) {
            (Ok(()), Err(2)) => assert_eq!(got, Ok(1)),
            (Err(1), Ok(())) => assert_eq!(got, Err(2)),
            both => panic!("{both:?}"),
        }
        assert_eq!(result.try_get(), Some(got));
    });
}

#[test]
fn loom_a_dropped_getter_takes_nobodys_wake_up() {
    loom::model(|| {
        let result = AsyncResult::<u32, ()>::default();
        let (leaver, setter) = (result.get(), result.clone());
        let set = thread::spawn(move || setter.set(7).unwrap());
        let cancel = thread::spawn(move || {
            let waker = CountingWaker::new().waker();
            let _ = pin!(leaver).poll(&mut Context::from_waker(&waker));
        });
        block_on(result.wait());
        set.join().unwrap();
        cancel.join().unwrap();
    });
}
