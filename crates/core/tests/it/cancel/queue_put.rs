//! What puts into a queue, and what waits for what was put.

use futures_util::StreamExt;
use greenroom_core::{PutError, Queue};
use greenroom_testkit::{Counted, DropCounter, Outcome, cancel_at_every_poll, until_idle};
use tokio::task::{JoinHandle, yield_now};

rows! {
    "QueuePut" => put,
    "QueuePut" => put_at_the_shutdown,
    "Reserve" => reserve,
    "Reserve" => reserve_at_the_shutdown,
    "QueueJoin" => join,
}

/// Whether a put stored its item: also when it was called, and dropped before it heard of that.
fn is_stored<T>(outcome: &Outcome<T>) -> bool {
    match outcome {
        Outcome::Completed(_) => true,
        Outcome::Dropped { polls, woken, .. } => *polls > 0 && *woken,
    }
}

/// Stands in the line behind who is polled first, with the item 2, and then shuts the queue down.
fn behind<T: Send + 'static>(queue: &Queue<T>, item: T) -> JoinHandle<()> {
    let queue = queue.clone();
    tokio::spawn(async move {
        assert!(queue.put(item).await.is_ok());
        queue.shutdown();
    })
}

async fn put() -> usize {
    static ITEMS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let queue: Queue<(u32, Counted<'_>)> = Queue::bounded(1);
            queue.put((0, ITEMS.counted())).await.unwrap();
            let put = queue.put((1, ITEMS.counted())).into_owned();
            let behind = behind(&queue, (2, ITEMS.counted()));
            let got = tokio::spawn({
                let items = queue.stream();
                async move { items.map(|(item, _)| item).collect::<Vec<_>>().await }
            });
            ((queue, behind, got), put)
        },
        async |(queue, behind, got), outcome| {
            until_idle().await;
            assert!(behind.is_finished(), "the line stands still");
            let expected: &[_] = if is_stored(&outcome) { &[0, 1, 2] } else { &[0, 2] };
            assert_eq!(got.await.unwrap(), expected);
            assert_eq!((queue.len(), queue.is_full(), queue.unfinished()), (0, false, expected.len()));
            assert_eq!(ITEMS.alive(), 0, "an item is left behind");
        },
    )
    .await
}

async fn put_at_the_shutdown() -> usize {
    static ITEMS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let queue = Queue::bounded(1);
            queue.put(ITEMS.counted()).await.unwrap();
            let put = queue.put(ITEMS.counted()).into_owned();
            let other = queue.clone();
            tokio::spawn(async move { other.shutdown() });
            (queue, put)
        },
        async |queue, outcome| {
            until_idle().await;
            let returned = outcome.completed().map(|put| put.expect_err("there was no room"));
            assert_eq!(ITEMS.alive(), 1 + usize::from(returned.is_some()), "the putter's is not stored");
            assert!(queue.try_get().is_ok() && queue.is_empty());
            drop(returned);
            assert_eq!(ITEMS.alive(), 0);
        },
    )
    .await
}

async fn reserve() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::bounded(2);
            let another = queue.try_reserve().unwrap();
            queue.put(0).await.unwrap();
            let getter = queue.clone();
            tokio::spawn(async move { assert_eq!(getter.get().await, Ok(0)) });
            ((queue.clone(), another), queue.reserve())
        },
        async |(queue, another), outcome| {
            until_idle().await;
            let behind = behind(&queue, 2);
            until_idle().await;
            if let Some(slot) = outcome.completed() {
                assert!(
                    queue.is_full() && queue.is_empty() && !behind.is_finished(),
                    "the place is not kept"
                );
                drop(slot.unwrap());
                until_idle().await;
            }
            assert!(behind.is_finished(), "the place is lost");
            assert!(queue.is_full(), "the place is doubled");
            drop(another);
            assert_eq!(queue.get().await, Ok(2));
            assert_eq!((queue.is_full(), queue.unfinished()), (false, 2));
        },
    )
    .await
}

async fn reserve_at_the_shutdown() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::bounded(1);
            queue.put(0).await.unwrap();
            let other = queue.clone();
            tokio::spawn(async move { other.shutdown() });
            (queue.clone(), queue.reserve())
        },
        async |queue, outcome| {
            until_idle().await;
            assert!(outcome.completed().is_none_or(|place| matches!(place, Err(PutError(())))));
            assert_eq!(queue.get().await, Ok(0));
            assert_eq!((queue.len(), queue.is_full()), (0, false), "a place is gone");
        },
    )
    .await
}

async fn join() -> usize {
    cancel_at_every_poll(
        async || {
            let queue = Queue::unbounded();
            for item in 0..2 {
                queue.put(item).await.unwrap();
            }
            let worker = queue.clone();
            tokio::spawn(async move {
                while let Ok(job) = worker.get_job().await {
                    yield_now().await;
                    drop(job);
                }
            });
            let other = tokio::spawn(queue.join());
            ((queue.clone(), other), queue.join())
        },
        async |(queue, other), outcome| {
            assert!(!outcome.is_completed() || queue.unfinished() == 0, "before all was done");
            until_idle().await;
            assert!(other.is_finished(), "another one was not woken");
            assert_eq!(queue.unfinished(), 0);
        },
    )
    .await
}
