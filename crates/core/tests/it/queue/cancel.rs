//! Futures dropped at every moment.

use std::sync::Arc;
use std::task::Poll;

use greenroom_core::{Channel, Queue, TryGetError};

use super::{Bell, park, poll};

#[test]
fn a_getter_dropped_while_waiting_is_skipped() {
    let queue = Queue::unbounded();
    let first = park(queue.get());
    let mut second = park(queue.get());
    drop(first);
    queue.try_put(1).unwrap();
    assert_eq!(poll(&mut second), Poll::Ready(Ok(1)));
}

#[test]
fn a_getter_dropped_in_its_turn_passes_it_to_the_next() {
    let queue = Queue::unbounded();
    let first = park(queue.get());
    let bell = Arc::new(Bell::default());
    let mut second = queue.get();
    assert!(bell.poll(&mut second).is_pending());
    queue.try_put(1).unwrap();
    drop(first);
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut second), Poll::Ready(Ok(1)));
}

#[test]
fn an_item_given_back_stays_in_front() {
    let queue = Queue::unbounded();
    let get = park(queue.get());
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    drop(get);
    assert_eq!((queue.try_get(), queue.try_get()), (Ok(1), Ok(2)));
}

#[test]
fn an_item_given_back_never_exceeds_the_bound() {
    let queue = Queue::bounded(1);
    let get = park(queue.get());
    queue.try_put(1).unwrap();
    let mut put = park(queue.put(2));
    drop(get);
    assert_eq!((queue.len(), poll(&mut put)), (1, Poll::Pending));
}

#[test]
fn a_putter_dropped_while_waiting_takes_its_item_along() {
    let queue = Queue::bounded(1);
    let item = Arc::new(());
    queue.try_put(Arc::new(())).unwrap();
    drop(park(queue.put(Arc::clone(&item))));
    assert_eq!(Arc::strong_count(&item), 1, "dropped with the put");
    queue.try_get().unwrap();
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    assert_eq!(queue.unfinished(), 1);
}

#[test]
fn a_putter_dropped_after_its_item_was_stored_leaves_it_there() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let put = park(queue.put(2));
    assert_eq!(queue.try_get(), Ok(1));
    drop(put);
    assert_eq!(queue.try_get(), Ok(2));
}

#[test]
fn a_put_that_was_never_polled_does_nothing() {
    let queue = Queue::unbounded();
    drop(queue.put(1));
    drop(queue.get());
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

#[test]
fn leaving_from_the_middle_of_the_line_keeps_the_order_of_the_rest() {
    let queue = Queue::bounded(1);
    queue.try_put(0).unwrap();
    let mut puts: Vec<_> = (1..=5).map(|n| Some(park(queue.put(n)))).collect();
    puts[1] = None; // 2
    puts[3] = None; // 4
    let _again = park(queue.put(6)); // takes a freed place in memory, but stands at the end
    let got: Vec<i32> = std::iter::from_fn(|| queue.try_get().ok()).collect();
    assert_eq!(got, [0, 1, 3, 5, 6]);
}

#[test]
fn a_future_owns_what_it_needs_to_outlive_every_other_handle() {
    let queue = Queue::unbounded();
    let mut get = park(queue.get().into_owned());
    queue.try_put(1).unwrap();
    drop(queue);
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
}

/// An item's own `Drop` may use the queue: it never runs under the lock.
#[test]
fn items_are_dropped_with_the_queue_unlocked() {
    struct Asks(Queue<Self>);
    impl Drop for Asks {
        fn drop(&mut self) {
            let _ = self.0.len();
        }
    }
    let queue = Queue::bounded(1);
    queue.try_put(Asks(queue.clone())).unwrap();
    drop(park(queue.put(Asks(queue.clone()))));
    drop(queue.try_put(Asks(queue.clone())));
    queue.shutdown_now();
    drop(queue.try_put(Asks(queue.clone())));
    assert!(queue.is_empty());
}

/// Polls once with a waker of its own, drops the future, and looks whether the waker is kept.
fn keeps_a_waker<F: Future + Unpin>(mut future: F) -> bool {
    let bell = Arc::new(Bell::default());
    assert!(bell.poll(&mut future).is_pending());
    drop(future);
    Arc::strong_count(&bell) > 1
}

#[test]
fn nothing_of_a_dropped_wait_stays_behind() {
    let (empty, full, channel) = (Queue::<u8>::unbounded(), Queue::bounded(1), Channel::<u8>::new());
    full.try_put(0).unwrap();
    assert!(!keeps_a_waker(empty.get()) && !keeps_a_waker(empty.peek()) && !keeps_a_waker(empty.get_job()));
    assert!(!keeps_a_waker(full.put(1)) && !keeps_a_waker(full.reserve()) && !keeps_a_waker(full.join()));
    assert!(!keeps_a_waker(channel.get()) && !keeps_a_waker(channel.put(1)));
}
