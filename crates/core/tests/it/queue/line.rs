//! The line of putters and the line of getters.

use std::sync::Arc;
use std::task::Poll;

use greenroom_core::{Queue, TryGetError, TryPutError};

use super::{Bell, park, poll};

#[test]
fn a_put_with_room_and_a_get_with_an_item_do_not_wait() {
    let queue = Queue::bounded(1);
    assert_eq!(poll(&mut queue.put('a')), Poll::Ready(Ok(())));
    assert_eq!(poll(&mut queue.get()), Poll::Ready(Ok('a')));
}

#[test]
fn items_come_out_in_the_order_they_went_in() {
    let queue = Queue::unbounded();
    for n in 0..100 {
        queue.try_put(n).unwrap();
    }
    let got: Vec<i32> = std::iter::from_fn(|| queue.try_get().ok()).collect();
    assert_eq!(got, (0..100).collect::<Vec<_>>());
}

#[test]
fn waiting_getters_are_served_in_the_order_of_arrival() {
    let queue = Queue::unbounded();
    let mut first = park(queue.get());
    let mut second = park(queue.get());
    queue.try_put(1).unwrap();
    assert!(poll(&mut second).is_pending(), "the first one's item");
    queue.try_put(2).unwrap();
    assert_eq!(poll(&mut second), Poll::Ready(Ok(1)), "items go out in order, whoever is polled first");
    assert_eq!(poll(&mut first), Poll::Ready(Ok(2)));
}

#[test]
fn a_newcomer_does_not_overtake_a_getter_whose_turn_has_come() {
    let queue = Queue::unbounded();
    let mut waiting = park(queue.get());
    queue.try_put(1).unwrap();
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    let mut newcomer = park(queue.get());
    assert_eq!(queue.len(), 1, "the item is in the queue until it is taken");
    assert_eq!(poll(&mut waiting), Poll::Ready(Ok(1)));
    queue.try_put(2).unwrap();
    assert_eq!(poll(&mut newcomer), Poll::Ready(Ok(2)));
}

#[test]
fn a_newcomer_takes_what_is_there_beyond_the_claims() {
    let queue = Queue::unbounded();
    let mut waiting = park(queue.get());
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    assert_eq!(queue.try_get(), Ok(1), "in order");
    assert_eq!(queue.try_get(), Err(TryGetError::Empty));
    assert_eq!(poll(&mut waiting), Poll::Ready(Ok(2)));
}

/// gevent: a blocked putter's item is inserted by the unlocker on its behalf.
#[test]
fn whoever_makes_room_stores_the_item_of_the_first_waiting_putter() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let mut second = park(queue.put(2));
    let mut third = park(queue.put(3));
    assert_eq!(queue.unfinished(), 1, "an item that waits outside is not unfinished");
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (1, true, 2));
    assert_eq!(queue.try_put(4), Err(TryPutError::Full(4)), "no newcomer overtakes the third");
    assert!(poll(&mut third).is_pending());
    assert_eq!(poll(&mut second), Poll::Ready(Ok(())));
    assert_eq!(queue.try_get(), Ok(2));
    assert_eq!(poll(&mut third), Poll::Ready(Ok(())));
    assert_eq!(queue.try_get(), Ok(3));
}

#[test]
fn one_item_wakes_one_getter_and_one_place_wakes_one_putter() {
    let queue = Queue::bounded(1);
    let (one, other) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
    let (mut get, mut later) = (queue.get(), queue.get());
    assert!(one.poll(&mut get).is_pending() && other.poll(&mut later).is_pending());
    queue.try_put(1).unwrap();
    assert_eq!((one.rings(), other.rings()), (1, 0));
    drop((get, later));

    let (mut put, mut later) = (queue.put(2), queue.put(3));
    assert!(one.poll(&mut put).is_pending() && other.poll(&mut later).is_pending());
    assert_eq!(queue.try_get(), Ok(1));
    assert_eq!((one.rings(), other.rings()), (2, 1), "the dropped getter passed its turn to the later");
}

#[test]
fn a_future_that_moves_to_another_task_wakes_that_task() {
    let queue = Queue::unbounded();
    let (before, after) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
    let mut get = queue.get();
    assert!(before.poll(&mut get).is_pending());
    assert!(after.poll(&mut get).is_pending());
    queue.try_put(1).unwrap();
    assert_eq!((before.rings(), after.rings()), (0, 1));
}

#[test]
fn a_future_made_to_own_its_handle_keeps_its_place() {
    let queue = Queue::bounded(1);
    let first = park(queue.get());
    let mut second = park(queue.get());
    let mut first = first.into_owned();
    queue.try_put(1).unwrap();
    assert!(poll(&mut second).is_pending());
    assert_eq!(poll(&mut first), Poll::Ready(Ok(1)));
    queue.try_put(2).unwrap();
    assert_eq!(poll(&mut second), Poll::Ready(Ok(2)));

    queue.try_put(3).unwrap();
    let mut put = park(queue.put(4)).into_owned();
    assert_eq!(queue.try_get(), Ok(3));
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
    assert_eq!(poll(&mut queue.put(5).into_owned()), Poll::Pending);
    assert_eq!(queue.try_get(), Ok(4));
}

#[tokio::test]
async fn owned_futures_can_be_spawned() {
    let queue = Queue::bounded(1);
    let got = tokio::spawn(queue.get().into_owned());
    tokio::spawn(queue.put(7).into_owned()).await.unwrap().unwrap();
    assert_eq!(got.await.unwrap(), Ok(7));
}

#[test]
fn the_queue_tells_its_bound_and_what_is_in_it() {
    let queue = Queue::bounded(2);
    assert_eq!((queue.capacity(), queue.len(), queue.is_empty(), queue.is_full()), (Some(2), 0, true, false));
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    assert_eq!((queue.len(), queue.is_empty(), queue.is_full()), (2, false, true));
    assert_eq!(Queue::<()>::unbounded().capacity(), None);
    assert_eq!(
        format!("{queue:?}"),
        "Queue { len: 2, capacity: Some(2), unfinished: 2, shut_down: false, .. }"
    );
}

/// gevent: `Queue(items=[1, 2, 3])`.
#[test]
fn items_at_birth_count_as_unfinished() {
    let queue: Queue<i32> = (1..=3).collect();
    assert_eq!((queue.len(), queue.unfinished(), queue.capacity()), (3, 3, None));
    assert_eq!(queue.try_get(), Ok(1));
}

#[test]
#[should_panic(expected = "for a rendezvous use Channel")]
fn a_queue_without_room_is_refused() {
    let _ = Queue::<()>::bounded(0);
}

/// tokio's cooperative budget: a loop over a queue that is never empty must let others run.
#[tokio::test(flavor = "current_thread")]
async fn a_loop_over_a_full_queue_lets_other_tasks_run() {
    let queue: Queue<u32> = (0..100_000).collect();
    let other = tokio::spawn(async {});
    while !other.is_finished() {
        queue.get().await.expect("the other task runs before the queue is empty");
        if queue.is_empty() {
            break;
        }
    }
    assert!(!queue.is_empty());
}
