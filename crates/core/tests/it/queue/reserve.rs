//! Places without items.

use std::task::Poll;

use greenroom_core::{PutError, Queue, TryPutError};

use super::{park, poll};

#[test]
fn a_slot_holds_a_place_until_it_is_filled_or_dropped() {
    let queue = Queue::bounded(1);
    let slot = queue.try_reserve().unwrap();
    assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (0, true, 0));
    assert_eq!(queue.try_put(1), Err(TryPutError::Full(1)));
    drop(slot);
    let slot = queue.try_reserve().unwrap();
    assert_eq!(slot.put(2), Ok(()));
    assert_eq!(queue.try_reserve().err(), Some(TryPutError::Full(())));
    assert_eq!(queue.try_get(), Ok(2));
}

#[test]
fn a_slot_filled_serves_a_waiting_getter() {
    let queue = Queue::bounded(1);
    let slot = queue.try_reserve().unwrap();
    let mut get = park(queue.get());
    slot.put(1).unwrap();
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
}

#[test]
fn those_who_reserve_and_those_who_put_stand_in_one_line() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let mut put = park(queue.put(2));
    let mut reserve = park(queue.reserve());
    let mut last = park(queue.put(3));
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
    assert!(poll(&mut reserve).is_pending());
    assert_eq!(queue.try_get(), Ok(2));
    assert!(poll(&mut last).is_pending());
    let Poll::Ready(Ok(slot)) = poll(&mut reserve) else { panic!("its place is free") };
    drop(slot);
    assert_eq!(poll(&mut last), Poll::Ready(Ok(())));
    assert_eq!(queue.try_get(), Ok(3));
}

#[test]
fn a_place_given_to_a_dropped_wait_goes_to_the_next() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let given = park(queue.reserve());
    let waiting = park(queue.reserve());
    let mut put = park(queue.put(2));
    queue.try_get().unwrap();
    drop(waiting);
    assert!(poll(&mut put).is_pending());
    drop(given);
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
}

#[test]
fn a_slot_of_a_queue_shut_down_gives_its_item_back() {
    let queue = Queue::bounded(1);
    let slot = queue.try_reserve().unwrap();
    let mut waiting = park(queue.reserve());
    queue.shutdown();
    assert_eq!(slot.put(1), Err(PutError(1)));
    assert!(matches!(poll(&mut waiting), Poll::Ready(Err(PutError(())))));
    assert_eq!(queue.try_reserve().err(), Some(TryPutError::ShutDown(())));
    assert!(matches!(poll(&mut queue.reserve()), Poll::Ready(Err(PutError(())))));
}
