//! The rendezvous.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use futures_util::StreamExt;
use greenroom_core::{Channel, GetError, PutError, TryGetError, TryPutError};

use super::{Bell, park, poll};

/// gevent: `sending, hello, sent hello, world, sent world`.
#[tokio::test(flavor = "current_thread")]
async fn the_receiver_goes_on_first_and_then_the_sender() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let channel = Channel::new();
    let sender = tokio::spawn({
        let (log, channel) = (Arc::clone(&log), channel.clone());
        async move {
            log.lock().unwrap().push("sending");
            channel.put("hello").await.unwrap();
            log.lock().unwrap().push("sent hello");
            channel.put("world").await.unwrap();
            log.lock().unwrap().push("sent world");
        }
    });
    for _ in 0..2 {
        let item = channel.get().await.unwrap();
        log.lock().unwrap().push(item);
    }
    sender.await.unwrap();
    assert_eq!(*log.lock().unwrap(), ["sending", "hello", "sent hello", "world", "sent world"]);
}

#[test]
fn a_put_returns_only_when_a_getter_has_taken_the_item() {
    let channel = Channel::new();
    let mut get = park(channel.get());
    let mut put = park(channel.put(1));
    assert!(poll(&mut put).is_pending(), "the getter is called but has not run");
    assert_eq!(poll(&mut get), Poll::Ready(Ok(1)));
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
}

#[test]
fn a_newcomer_takes_what_is_offered_in_the_order_of_arrival() {
    let channel = Channel::new();
    let (mut one, mut two) = (park(channel.put(1)), park(channel.put(2)));
    assert_eq!(channel.balance(), 2);
    assert_eq!(channel.try_get(), Ok(1));
    assert!(poll(&mut two).is_pending());
    assert_eq!(poll(&mut one), Poll::Ready(Ok(())));
    assert_eq!(poll(&mut channel.get()), Poll::Ready(Ok(2)));
    assert_eq!(channel.try_get(), Err(TryGetError::Empty));
}

/// gevent: put_nowait succeeds only with a parked getter.
#[test]
fn try_put_needs_a_getter_that_waits() {
    let channel = Channel::new();
    assert_eq!(channel.try_put(1), Err(TryPutError::Full(1)));
    let mut get = park(channel.get());
    assert_eq!(channel.balance(), -1);
    assert_eq!(channel.try_put(2), Ok(()));
    assert_eq!(channel.try_put(3), Err(TryPutError::Full(3)), "that one has its item");
    assert_eq!(poll(&mut get), Poll::Ready(Ok(2)));
}

#[test]
fn offers_that_stay_and_offers_that_do_not_are_taken_in_their_order() {
    let channel = Channel::new();
    let mut gets = [(); 3].map(|()| park(channel.get()));
    channel.try_put(1).unwrap();
    let _two = park(channel.put(2));
    channel.try_put(3).unwrap();
    let got = [0, 1, 2].map(|n| poll(&mut gets[n]));
    assert_eq!(got, [1, 2, 3].map(|n| Poll::Ready(Ok(n))));
}

#[test]
fn a_getter_dropped_in_its_turn_passes_it_on() {
    let channel = Channel::new();
    let (first, mut second) = (park(channel.get()), park(channel.get()));
    let mut put = park(channel.put(1));
    assert!(poll(&mut second).is_pending());
    drop(first);
    assert_eq!(poll(&mut second), Poll::Ready(Ok(1)));
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
}

#[test]
fn what_try_put_left_to_a_dropped_getter_goes_to_the_next_that_comes() {
    let channel = Channel::new();
    let get = park(channel.get());
    channel.try_put(1).unwrap();
    drop(get);
    let _two = park(channel.put(2));
    assert_eq!(channel.try_get(), Ok(1));
    assert_eq!(channel.try_get(), Ok(2));
}

#[test]
fn a_put_dropped_while_waiting_takes_its_item_along() {
    let channel = Channel::new();
    let item = Arc::new(());
    drop(park(channel.put(Arc::clone(&item))));
    assert_eq!((Arc::strong_count(&item), channel.balance()), (1, 0));
    assert_eq!(channel.try_get(), Err(TryGetError::Empty));
}

#[test]
fn a_getter_whose_offer_was_withdrawn_keeps_its_place_in_front() {
    let channel = Channel::new();
    let mut first = park(channel.get());
    let mut second = park(channel.get());
    drop(park(channel.put(1))); // called the first, and is gone
    assert!(poll(&mut first).is_pending());
    let bell = Arc::new(Bell::default());
    assert!(bell.poll(&mut first).is_pending());
    channel.try_put(2).unwrap();
    assert_eq!(bell.rings(), 1);
    assert!(poll(&mut second).is_pending());
    assert_eq!(poll(&mut first), Poll::Ready(Ok(2)));
}

#[test]
fn of_two_called_getters_the_first_polled_takes_the_one_offer_left() {
    let channel = Channel::new();
    let (mut first, mut second) = (park(channel.get()), park(channel.get()));
    let withdrawn = park(channel.put(1));
    let _stays = park(channel.put(2));
    drop(withdrawn);
    assert_eq!(poll(&mut first), Poll::Ready(Ok(2)));
    assert!(poll(&mut second).is_pending());
    channel.try_put(3).unwrap();
    assert_eq!(poll(&mut second), Poll::Ready(Ok(3)));
}

#[test]
fn a_shutdown_returns_items_to_putters_and_the_error_to_getters() {
    let channel = Channel::new();
    let mut put = park(channel.put(1));
    channel.shutdown();
    assert!(channel.is_shut_down());
    assert_eq!(channel.try_get(), Err(TryGetError::ShutDown));
    assert_eq!(poll(&mut put), Poll::Ready(Err(PutError(1))));
    assert_eq!(poll(&mut channel.put(2)), Poll::Ready(Err(PutError(2))));
    assert_eq!(channel.try_put(3), Err(TryPutError::ShutDown(3)));

    let channel = Channel::<i32>::new();
    let mut get = park(channel.get());
    channel.shutdown();
    assert_eq!(poll(&mut get), Poll::Ready(Err(GetError)));
    assert_eq!(poll(&mut channel.get()), Poll::Ready(Err(GetError)));
}

#[test]
fn a_called_getter_whose_offer_ends_with_the_shutdown_gets_the_error() {
    let channel = Channel::new();
    let mut get = park(channel.get());
    let mut put = park(channel.put(1));
    channel.shutdown();
    assert_eq!(poll(&mut get), Poll::Ready(Err(GetError)));
    assert_eq!(poll(&mut put), Poll::Ready(Err(PutError(1))));
}

#[test]
fn what_try_put_left_is_still_got_after_the_shutdown() {
    let channel = Channel::new();
    let mut called = park(channel.get());
    let bell = Arc::new(Bell::default());
    let mut waiting = channel.get();
    assert!(bell.poll(&mut waiting).is_pending());
    channel.try_put(1).unwrap();
    channel.shutdown();
    assert!(poll(&mut waiting).is_pending());
    assert!(bell.poll(&mut waiting).is_pending());
    assert_eq!(poll(&mut called), Poll::Ready(Ok(1)));
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut waiting), Poll::Ready(Err(GetError)));
}

#[tokio::test]
async fn a_stream_of_a_channel_ends_at_the_shutdown() {
    let channel = Channel::new();
    let collected = tokio::spawn(channel.stream().collect::<Vec<i32>>());
    for n in 1..=3 {
        channel.put(n).await.unwrap();
    }
    channel.shutdown();
    assert_eq!(collected.await.unwrap(), [1, 2, 3]);
    assert_eq!(format!("{channel:?}"), "Channel { balance: 0, shut_down: true, .. }");
}
