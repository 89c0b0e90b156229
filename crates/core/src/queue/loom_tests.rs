//! Every interleaving of the moments in which an item, a claim or a place changes hands.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use loom::future::block_on;
use loom::thread;

use crate::queue::{Channel, Queue, TryGetError};

/// Polls once and expects it to park.
fn park(future: std::pin::Pin<&mut impl Future>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
}

#[test]
fn loom_items_pass_in_order_from_a_waiting_putter_to_a_waiting_getter() {
    loom::model(|| {
        let queue = Queue::bounded(1);
        let putter = thread::spawn({
            let queue = queue.clone();
            move || {
                for item in 1..=2 {
                    block_on(queue.put(item)).unwrap();
                }
            }
        });
        assert_eq!(block_on(queue.get()), Ok(1));
        assert_eq!(block_on(queue.get()), Ok(2));
        putter.join().unwrap();
    });
}

#[test]
fn loom_a_getter_dropped_in_its_turn_passes_it_to_the_next() {
    loom::model(|| {
        let queue = Queue::unbounded();
        let mut first = Box::pin(queue.get().into_owned());
        park(first.as_mut());
        let second = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.get())
        });
        let putter = thread::spawn({
            let queue = queue.clone();
            move || queue.try_put(1).unwrap()
        });
        drop(first);
        assert_eq!(second.join().unwrap(), Ok(1));
        putter.join().unwrap();
    });
}

#[test]
fn loom_a_dropped_putter_either_stored_its_item_or_did_not() {
    loom::model(|| {
        let queue = Queue::bounded(1);
        queue.try_put(0).unwrap();
        let mut put = Box::pin(queue.put(1).into_owned());
        park(put.as_mut());
        let getter = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.get())
        });
        drop(put);
        assert_eq!(getter.join().unwrap(), Ok(0));
        let stored = queue.len();
        assert_eq!(queue.unfinished(), 1 + stored);
        match queue.try_get() {
            Ok(item) => assert_eq!((item, stored), (1, 1)),
            Err(error) => assert_eq!((error, stored), (TryGetError::Empty, 0)),
        }
    });
}

#[test]
fn loom_a_shutdown_reaches_every_getter_and_loses_no_item() {
    loom::model(|| {
        let queue = Queue::unbounded();
        let getters = [(); 2].map(|()| {
            let queue = queue.clone();
            thread::spawn(move || block_on(queue.get()))
        });
        queue.try_put(1).unwrap();
        queue.shutdown();
        let mut got = getters.map(|getter| getter.join().unwrap().ok());
        got.sort();
        assert_eq!(got, [None, Some(1)]);
    });
}

#[test]
fn loom_a_shutdown_at_once_reaches_a_getter_in_its_turn() {
    loom::model(|| {
        let queue = Queue::unbounded();
        let getter = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.get())
        });
        queue.try_put(1).unwrap();
        queue.shutdown_now();
        let got = getter.join().unwrap().is_ok();
        assert_eq!(queue.unfinished(), usize::from(got));
        assert_eq!(queue.len(), 0);
    });
}

#[test]
fn loom_a_slot_given_back_goes_to_the_waiting_putter() {
    loom::model(|| {
        let queue = Queue::bounded(1);
        let slot = queue.try_reserve().unwrap();
        let putter = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.put(1)).unwrap()
        });
        drop(slot);
        putter.join().unwrap();
        assert_eq!(queue.try_get(), Ok(1));
    });
}

#[test]
fn loom_a_peek_keeps_getters_waiting_but_not_for_ever() {
    loom::model(|| {
        let queue = Queue::unbounded();
        queue.try_put(1).unwrap();
        let peeker = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.peek())
        });
        let getter = thread::spawn({
            let queue = queue.clone();
            move || block_on(queue.get())
        });
        queue.shutdown();
        assert_eq!(getter.join().unwrap(), Ok(1));
        assert!(peeker.join().unwrap().is_ok_and(|item| item == 1) || queue.is_empty());
    });
}

#[test]
fn loom_an_offer_withdrawn_from_a_called_getter_costs_the_getter_nothing() {
    loom::model(|| {
        let channel = Channel::new();
        let getter = thread::spawn({
            let channel = channel.clone();
            move || block_on(channel.get())
        });
        {
            let mut withdrawn = pin!(channel.put(1));
            if let Poll::Ready(done) = withdrawn.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                done.unwrap();
            }
        }
        let putter = thread::spawn({
            let channel = channel.clone();
            move || block_on(channel.put(2))
        });
        match getter.join().unwrap() {
            Ok(1) => channel.shutdown(), // taken before it was withdrawn: the second has no getter
            got => assert_eq!(got, Ok(2)),
        }
        let _ = putter.join().unwrap();
    });
}
