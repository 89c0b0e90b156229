//! What is unfinished, and waiting for its end.

use std::task::Poll;

use greenroom_core::{Queue, TaskDoneError};

use super::{park, poll};

/// gevent #45: join on a fresh queue returns at once.
#[test]
fn joining_a_fresh_queue_does_not_wait() {
    assert_eq!(poll(&mut Queue::<()>::unbounded().join()), Poll::Ready(()));
}

#[test]
fn join_waits_for_the_last_item_to_be_done_not_to_be_taken() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    queue.try_put(2).unwrap();
    let mut join = park(queue.join());
    queue.try_get().unwrap();
    queue.try_get().unwrap();
    queue.task_done().unwrap();
    assert!(poll(&mut join).is_pending());
    queue.task_done().unwrap();
    assert_eq!(poll(&mut join), Poll::Ready(()));
}

#[test]
fn whoever_was_waiting_when_all_was_done_is_released_even_if_more_is_put() {
    let queue = Queue::unbounded();
    queue.try_put(1).unwrap();
    let (mut one, mut other) = (park(queue.join()), park(queue.join()));
    queue.task_done().unwrap();
    queue.try_put(2).unwrap();
    assert_eq!((poll(&mut one), poll(&mut other)), (Poll::Ready(()), Poll::Ready(())));
    let _waits = park(queue.join());
}

/// gevent: ValueError beyond the count.
#[test]
fn done_more_often_than_put_is_an_error() {
    let queue = Queue::unbounded();
    assert_eq!(queue.task_done(), Err(TaskDoneError));
    queue.try_put(1).unwrap();
    assert_eq!(queue.task_done(), Ok(()));
    assert!(queue.task_done().is_err());
}

#[test]
fn a_job_is_done_when_it_is_dropped() {
    let queue = Queue::unbounded();
    queue.try_put(String::from("a")).unwrap();
    let Poll::Ready(Ok(mut job)) = poll(&mut queue.get_job()) else { panic!("there is a job") };
    job.push('b');
    assert_eq!((job.as_str(), queue.unfinished()), ("ab", 1));
    let mut join = park(queue.join());
    drop(job);
    assert_eq!(poll(&mut join), Poll::Ready(()));
}

#[test]
fn a_job_taken_apart_is_done_when_its_guard_is_dropped() {
    let queue: Queue<i32> = [1, 2].into_iter().collect();
    let (item, guard) = queue.try_get_job().unwrap().into_parts();
    assert_eq!((item, queue.unfinished()), (1, 2));
    drop(guard);
    assert_eq!(queue.unfinished(), 1);
    assert_eq!(queue.try_get_job().unwrap().into_inner(), 2);
    assert_eq!(queue.unfinished(), 0);
}

#[tokio::test]
async fn a_killed_worker_does_not_make_join_hang() {
    let queue = Queue::unbounded();
    queue.put(()).await.unwrap();
    let worker = tokio::spawn({
        let queue = queue.clone();
        async move {
            let _job = queue.get_job().await;
            std::future::pending::<()>().await;
        }
    });
    while !queue.is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(queue.unfinished(), 1);
    worker.abort();
    queue.join().await;
}

#[test]
fn a_dropped_get_job_passes_its_turn_on() {
    let queue = Queue::unbounded();
    let first = park(queue.get_job());
    let mut second = park(queue.get_job());
    queue.try_put(1).unwrap();
    drop(first);
    assert!(matches!(poll(&mut second), Poll::Ready(Ok(job)) if *job == 1));
}
