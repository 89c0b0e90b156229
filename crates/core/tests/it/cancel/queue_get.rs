//! What takes from a queue: whatever is dropped, all items come out, once each and in their order.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};

use futures_util::{Stream, StreamExt};
use greenroom_core::Queue;
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use tokio::task::{JoinHandle, yield_now};

rows! {
    "QueueGet" => get,
    "QueueGet" => get_by_priority,
    "QueueGet" => get_at_the_shutdown,
    "QueuePeek" => peek,
    "GetJob" => get_job,
    "QueueStream" => stream,
    "QueueStream" => next_of_a_stream_that_stays,
}

/// A queue that a task is about to fill with 0, 1 and 2, and then shuts down.
fn soon() -> Queue<u32> {
    let queue = Queue::bounded(1);
    let putter = queue.clone();
    tokio::spawn(async move {
        for item in 0..3 {
            putter.put(item).await.unwrap();
            yield_now().await;
        }
        putter.shutdown();
    });
    queue
}

/// Stands in the line behind who is polled first, and takes all that is left.
fn behind(queue: &Queue<u32>) -> JoinHandle<Vec<u32>> {
    tokio::spawn(queue.stream().collect())
}

/// All items, in the order in which they were taken: the first in the line's, and then the others'.
async fn all(first: Option<u32>, behind: JoinHandle<Vec<u32>>) -> Vec<u32> {
    until_idle().await;
    assert!(behind.is_finished(), "the line stands still");
    first.into_iter().chain(behind.await.unwrap()).collect()
}

async fn get() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = soon();
            (behind(&queue), queue.get().into_owned())
        },
        async |behind, outcome| {
            let first = outcome.completed().map(Result::unwrap);
            assert_eq!(all(first, behind).await, [0, 1, 2]);
        },
    )
    .await
}

/// Who is called takes what comes first in its own poll, and gives up no more than that.
async fn get_by_priority() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::unbounded_priority();
            let putter = queue.clone();
            tokio::spawn(async move {
                for item in [2, 1, 0] {
                    putter.put(item).await.unwrap();
                }
                putter.shutdown();
            });
            let get = queue.get().into_owned();
            (queue, get)
        },
        async |queue, outcome| {
            until_idle().await;
            let first = outcome.completed().map(Result::unwrap);
            assert_eq!(all(first, behind(&queue)).await, [0, 1, 2]);
        },
    )
    .await
}

async fn get_at_the_shutdown() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::unbounded();
            let other = queue.clone();
            tokio::spawn(async move { other.shutdown() });
            (behind(&queue), queue.get().into_owned())
        },
        async |behind, outcome| {
            assert!(outcome.completed().is_none_or(|got| got.is_err()));
            assert!(all(None, behind).await.is_empty());
        },
    )
    .await
}

/// It takes nothing, and keeps nothing from the one behind.
async fn peek() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = soon();
            (behind(&queue), queue.peek())
        },
        async |behind, outcome| {
            assert!(outcome.completed().is_none_or(|seen| seen == Ok(0)));
            assert_eq!(all(None, behind).await, [0, 1, 2]);
        },
    )
    .await
}

async fn get_job() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::unbounded();
            let putter = queue.clone();
            tokio::spawn(async move { putter.put(0).await });
            let job = queue.get_job();
            (queue, job)
        },
        async |queue, outcome| {
            until_idle().await;
            assert_eq!(queue.unfinished(), 1, "done before anybody did it");
            if let Some(job) = outcome.completed() {
                assert_eq!(*job.unwrap(), 0);
            } else {
                drop(queue.try_get_job().expect("the job is lost"));
            }
            assert_eq!((queue.len(), queue.unfinished()), (0, 0), "not done, or never to be done");
        },
    )
    .await
}

/// The next item, and the stream is dropped with the wait for it.
async fn stream() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = soon();
            let mut stream = queue.stream();
            (behind(&queue), async move { stream.next().await })
        },
        async |behind, outcome| {
            let first = outcome.completed().map(Option::unwrap);
            assert_eq!(all(first, behind).await, [0, 1, 2]);
        },
    )
    .await
}

/// The wait is dropped, and the stream goes on: it holds its place in the line, and what it is called for.
async fn next_of_a_stream_that_stays() -> usize {
    cancel_at_every_poll(
        async || {
            let stream = Arc::new(Mutex::new(soon().stream()));
            let held = stream.clone();
            let next = async move { poll_fn(|cx| held.lock().unwrap().poll_next_unpin(cx)).await };
            (stream, next)
        },
        async |stream, outcome| {
            let mut items = Vec::from_iter(outcome.completed().map(Option::unwrap));
            items.extend(rest(&stream).await);
            assert_eq!(items, [0, 1, 2]);
        },
    )
    .await
}

/// What is left in a stream.
async fn rest<T>(stream: &Mutex<impl Stream<Item = T> + Unpin>) -> Vec<T> {
    let mut items = Vec::new();
    while let Some(item) = poll_fn(|cx| stream.lock().unwrap().poll_next_unpin(cx)).await {
        items.push(item);
    }
    items
}
