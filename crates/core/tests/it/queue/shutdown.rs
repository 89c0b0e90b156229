//! The end: who gets what.

use std::io;
use std::sync::Arc;
use std::task::Poll;

use futures_util::{FutureExt, Stream, StreamExt, stream::FusedStream};
use greenroom_core::{GetError, PutError, Queue, TryGetError, TryPutError};

use super::{Bell, park, poll};

#[test]
fn what_is_stored_can_still_be_got_and_then_comes_the_error() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    queue.shutdown();
    assert!(queue.is_shut_down());
    assert_eq!(poll(&mut queue.get()), Poll::Ready(Ok(1)));
    assert_eq!(queue.try_get(), Ok(2));
    assert_eq!(poll(&mut queue.get()), Poll::Ready(Err(GetError)));
    assert_eq!(queue.try_get(), Err(TryGetError::ShutDown));
}

#[test]
fn puts_are_refused_at_once_and_return_their_items() {
    let queue = Queue::unbounded();
    let mut late = queue.put(1);
    queue.shutdown();
    assert_eq!(poll(&mut late), Poll::Ready(Err(PutError(1))));
    assert_eq!(queue.try_put(2), Err(TryPutError::ShutDown(2)));
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
}

/// gevent drops the items of blocked putters; here they come back.
#[test]
fn waiting_putters_are_woken_and_get_their_items_back() {
    for now in [false, true] {
        let queue = Queue::bounded(1);
        queue.try_put(0).unwrap();
        let bells = [(); 3].map(|()| Arc::new(Bell::default()));
        let mut puts = [1, 2, 3].map(|n| queue.put(n));
        for (bell, put) in bells.iter().zip(&mut puts) {
            assert!(bell.poll(put).is_pending());
        }
        if now {
            queue.shutdown_now()
        } else {
            queue.shutdown()
        }
        assert!(bells.iter().all(|bell| bell.rings() == 1));
        let _ = queue.try_get(); // room does not help them any more
        for (n, put) in (1..).zip(&mut puts) {
            assert_eq!(poll(put), Poll::Ready(Err(PutError(n))));
        }
        assert_eq!(queue.len(), 0);
    }
}

#[test]
fn waiting_getters_are_woken_and_get_the_error() {
    for now in [false, true] {
        let queue = Queue::<()>::unbounded();
        let bell = Arc::new(Bell::default());
        let (mut one, mut other) = (queue.get(), queue.get());
        assert!(bell.poll(&mut one).is_pending() && bell.poll(&mut other).is_pending());
        if now {
            queue.shutdown_now()
        } else {
            queue.shutdown()
        }
        assert_eq!(bell.rings(), 2);
        assert_eq!(poll(&mut one), Poll::Ready(Err(GetError)));
        assert_eq!(poll(&mut other), Poll::Ready(Err(GetError)));
    }
}

#[test]
fn a_getter_whose_turn_has_come_gets_its_item_after_the_shutdown() {
    let queue = Queue::unbounded();
    let mut called = park(queue.get());
    queue.try_put(1).unwrap();
    queue.shutdown();
    assert_eq!(queue.try_get(), Err(TryGetError::Empty), "promised, and might be given back");
    assert_eq!(poll(&mut called), Poll::Ready(Ok(1)));
    assert_eq!(queue.try_get(), Err(TryGetError::ShutDown));
}

#[test]
fn an_item_given_back_after_the_shutdown_is_not_lost() {
    let queue = Queue::unbounded();
    let called = park(queue.get());
    let mut waiting = park(queue.get());
    queue.try_put(1).unwrap();
    queue.shutdown();
    assert!(poll(&mut waiting).is_pending(), "the item may yet come");
    drop(called);
    assert_eq!(poll(&mut waiting), Poll::Ready(Ok(1)));
}

#[test]
fn who_waits_for_an_item_that_another_takes_after_the_shutdown_is_told() {
    let queue = Queue::unbounded();
    let mut called = park(queue.get());
    let bell = Arc::new(Bell::default());
    queue.try_put(1).unwrap();
    queue.shutdown();
    let mut waiting = queue.get();
    assert!(bell.poll(&mut waiting).is_pending());
    assert_eq!(poll(&mut called), Poll::Ready(Ok(1)));
    assert_eq!(bell.rings(), 1);
    assert_eq!(poll(&mut waiting), Poll::Ready(Err(GetError)));
}

#[test]
fn a_putter_whose_item_was_stored_is_told_so_after_the_shutdown() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let mut put = park(queue.put(2));
    queue.try_get().unwrap();
    queue.shutdown();
    assert_eq!(poll(&mut put), Poll::Ready(Ok(())));
    assert_eq!(queue.try_get(), Ok(2));
}

/// gevent: a shutdown that is not immediate leaves the unfinished count.
#[test]
fn after_a_shutdown_join_still_waits_for_what_is_stored() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    let mut join = park(queue.join());
    queue.shutdown();
    assert!(poll(&mut join).is_pending());
    drop(queue.try_get_job());
    assert_eq!(poll(&mut join), Poll::Ready(()));
}

/// gevent: an immediate shutdown marks what it drains as done.
#[test]
fn a_shutdown_at_once_drops_what_is_stored_and_releases_join() {
    let queue = Queue::unbounded();
    let item = Arc::new(());
    queue.try_put(Arc::clone(&item)).unwrap();
    let mut join = park(queue.join());
    queue.shutdown_now();
    assert_eq!((Arc::strong_count(&item), queue.len()), (1, 0));
    assert_eq!(poll(&mut join), Poll::Ready(()));
}

#[test]
fn a_shutdown_at_once_does_not_count_jobs_under_work_as_done() {
    let queue: Queue<i32> = [1, 2].into_iter().collect();
    let job = queue.try_get_job().unwrap();
    let mut join = park(queue.join());
    queue.shutdown();
    queue.shutdown_now();
    assert_eq!(queue.unfinished(), 1);
    assert!(poll(&mut join).is_pending());
    drop(job);
    assert_eq!(poll(&mut join), Poll::Ready(()));
}

#[test]
fn a_getter_whose_turn_has_come_gets_the_error_of_a_shutdown_at_once() {
    let queue = Queue::unbounded();
    let mut called = park(queue.get());
    let dropped = park(queue.get());
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    queue.shutdown_now();
    drop(dropped);
    assert_eq!(poll(&mut called), Poll::Ready(Err(GetError)));
}

/// gevent ends iteration at a sentinel; here the shutdown ends it.
#[tokio::test]
async fn a_stream_ends_at_the_shutdown_when_all_is_drained() {
    let queue = Queue::unbounded();
    let collected = tokio::spawn(queue.stream().collect::<Vec<i32>>());
    for n in 1..=3 {
        queue.put(n).await.unwrap();
    }
    queue.shutdown();
    assert_eq!(collected.await.unwrap(), [1, 2, 3]);
}

#[test]
fn a_stream_is_fused_and_gives_back_its_turn_when_dropped() {
    let queue = Queue::unbounded();
    let mut stream = queue.stream();
    assert_eq!(stream.next().now_or_never(), None);
    queue.try_put(1).unwrap();
    drop(stream);
    let mut stream = queue.stream();
    assert_eq!(stream.next().now_or_never(), Some(Some(1)));
    queue.shutdown();
    assert!(!stream.is_terminated());
    assert_eq!(stream.next().now_or_never(), Some(None));
    assert_eq!(stream.next().now_or_never(), Some(None));
    assert!(stream.is_terminated());
    assert_eq!(stream.size_hint(), (0, None));
}

#[test]
fn errors_become_io_errors_with_their_source_and_without_the_item() {
    struct NotDebug;
    let queue = Queue::unbounded();
    queue.shutdown();
    let put: io::Error = queue.try_put(NotDebug).unwrap_err().into();
    let get: io::Error = GetError.into();
    assert_eq!((put.kind(), get.kind()), (io::ErrorKind::BrokenPipe, io::ErrorKind::UnexpectedEof));
    assert!(get.get_ref().unwrap().is::<GetError>());
    assert_eq!(put.to_string(), "the queue is shut down");
    assert_eq!(io::Error::from(PutError(NotDebug)).kind(), io::ErrorKind::BrokenPipe);
    assert_eq!(io::Error::from(TryPutError::Full(NotDebug)).kind(), io::ErrorKind::WouldBlock);
    assert_eq!(io::Error::from(TryGetError::Empty).kind(), io::ErrorKind::WouldBlock);
    assert_eq!(format!("{:?}", TryPutError::Full(NotDebug)), "Full(..)");
    assert_eq!(PutError(5).into_inner() + TryPutError::Full(5).into_inner(), 10);
}
