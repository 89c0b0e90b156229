//! `gevent.queue`.

use futures_util::StreamExt;
use greenroom::{Channel, Queue, TryGetError, TryPutError, WithTimeout, spawn};

use crate::order::{Order, ms, settle, soon};

/// Items FIFO.
#[tokio::test(start_paused = true)]
async fn items_come_out_as_they_went_in() {
    let queue = Queue::unbounded();
    for item in 0..3 {
        queue.put(item).await.unwrap();
    }
    let items = [queue.get().await, queue.get().await, queue.get().await];
    assert_eq!(items.map(Result::unwrap), [0, 1, 2]);
}

/// Seed 002: `Queue(maxsize=3)`, a boss that blocks when it is full.
#[tokio::test(start_paused = true)]
async fn put_blocks_while_full_and_get_frees_a_place() {
    let (queue, order) = (Queue::bounded(1), Order::default());
    let (inside, log) = (queue.clone(), order.clone());
    let boss = spawn(async move {
        for item in 0..2 {
            inside.put(item).await.unwrap();
            log.note(format!("put {item}"));
        }
    });
    settle().await;
    assert_eq!(order.read(), ["put 0"]);
    assert!(queue.is_full());
    assert_eq!(soon(queue.get()).await.unwrap(), 0);
    soon(boss.join()).await;
    assert_eq!(order.read(), ["put 0", "put 1"]);
}

/// `get(timeout=1)` raises Empty, `put(timeout=1)` raises Full; here both say Elapsed.
#[tokio::test(start_paused = true)]
async fn get_and_put_may_be_limited() {
    let queue = Queue::bounded(1);
    assert!(queue.get().timeout(ms(5)).await.is_err());
    queue.put(1).await.unwrap();
    assert!(queue.put(2).timeout(ms(5)).await.is_err());
    assert_eq!(queue.get().await.unwrap(), 1);
    assert!(queue.is_empty());
}

/// `get_nowait` on an empty queue raises Empty; `put_nowait` on a full one raises Full. Ours gives the item back.
#[tokio::test(start_paused = true)]
async fn the_nowait_forms_fail_at_once() {
    let queue = Queue::bounded(1);
    assert!(matches!(queue.try_get(), Err(TryGetError::Empty)));
    queue.try_put(1).unwrap();
    let full = queue.try_put(2).unwrap_err();
    assert!(matches!(full, TryPutError::Full(_)));
    assert_eq!(full.into_inner(), 2);
}

/// Blocked getters and putters FIFO.
#[tokio::test(start_paused = true)]
async fn getters_are_served_first_come_first_served() {
    let (queue, order) = (Queue::unbounded(), Order::default());
    for name in ["one", "two", "three"] {
        let (queue, log) = (queue.clone(), order.clone());
        spawn(async move { log.note(format!("{name} got {}", queue.get().await.unwrap())) });
    }
    settle().await;
    for item in 0..3 {
        queue.put(item).await.unwrap();
    }
    settle().await;
    assert_eq!(order.read(), ["one got 0", "two got 1", "three got 2"]);
}

/// The same for putters: an item is inserted on behalf of the longest waiting when a place frees.
#[tokio::test(start_paused = true)]
async fn putters_are_served_first_come_first_served() {
    let queue = Queue::bounded(1);
    queue.put(0).await.unwrap();
    for item in 1..4 {
        let queue = queue.clone();
        spawn(async move { queue.put(item).await.unwrap() });
    }
    settle().await;
    for item in 0..4 {
        assert_eq!(soon(queue.get()).await.unwrap(), item);
        settle().await;
    }
}

/// A getter killed after an item was on its way: no item is lost.
#[tokio::test(start_paused = true)]
async fn an_item_on_its_way_to_a_killed_getter_is_not_lost() {
    let queue = Queue::unbounded();
    let inside = queue.clone();
    let getter = spawn(async move { inside.get().await });
    settle().await;
    queue.put(1).await.unwrap();
    getter.kill_nowait();
    let exit = soon(getter.join()).await;
    assert!(exit.is_finished() || queue.try_get().unwrap() == 1);
}

/// `peek()`: as get, without removing.
#[tokio::test(start_paused = true)]
async fn peek_leaves_the_item() {
    let queue = Queue::unbounded();
    queue.put(1).await.unwrap();
    assert_eq!(soon(queue.peek()).await.unwrap(), 1);
    assert_eq!(soon(queue.get()).await.unwrap(), 1);
}

/// PriorityQueue: lowest first.
#[tokio::test(start_paused = true)]
async fn a_priority_queue_gives_the_lowest_first() {
    let queue = Queue::unbounded_priority();
    for item in [3, 1, 2] {
        queue.put(item).await.unwrap();
    }
    assert_eq!([queue.try_get(), queue.try_get(), queue.try_get()].map(Result::unwrap), [1, 2, 3]);
}

/// LifoQueue: a stack.
#[tokio::test(start_paused = true)]
async fn a_lifo_queue_gives_the_newest_first() {
    let queue = Queue::unbounded_lifo();
    for item in [1, 2, 3] {
        queue.put(item).await.unwrap();
    }
    assert_eq!([queue.try_get(), queue.try_get(), queue.try_get()].map(Result::unwrap), [3, 2, 1]);
}

/// Iteration repeats `get()` until the end; in place of the `StopIteration` sentinel, the shutdown ends it.
#[tokio::test(start_paused = true)]
async fn iterating_ends_with_the_shutdown() {
    let queue = Queue::unbounded();
    for item in 0..3 {
        queue.put(item).await.unwrap();
    }
    queue.shutdown();
    assert_eq!(soon(queue.stream().collect::<Vec<_>>()).await, [0, 1, 2]);
}

/// `shutdown()`: put fails at once, get drains first; all blocked getters and putters end.
#[tokio::test(start_paused = true)]
async fn shutdown_drains_and_ends_everybody_who_waits() {
    let queue = Queue::bounded(1);
    queue.put(1).await.unwrap();
    let inside = queue.clone();
    let putter = spawn(async move { inside.put(2).await });
    settle().await;
    queue.shutdown();
    assert!(soon(putter).await.unwrap().is_err());
    assert!(queue.put(3).await.is_err());
    assert_eq!(soon(queue.get()).await.unwrap(), 1);
    assert!(soon(queue.get()).await.is_err());

    let empty = Queue::<u8>::unbounded();
    let inside = empty.clone();
    let getter = spawn(async move { inside.get().await });
    settle().await;
    empty.shutdown();
    assert!(soon(getter).await.unwrap().is_err());
}

/// `shutdown(immediate=True)` drains and marks each item done, so `join` is released.
#[tokio::test(start_paused = true)]
async fn an_immediate_shutdown_releases_join() {
    let queue = Queue::unbounded();
    queue.put(1).await.unwrap();
    let join = spawn(queue.join());
    settle().await;
    assert!(!join.is_finished());
    queue.shutdown_now();
    soon(join.join()).await;
    assert!(queue.is_empty());
}

/// `join()` returns at once with zero unfinished (#45), and otherwise waits for every `task_done`.
#[tokio::test(start_paused = true)]
async fn join_waits_for_every_item_to_be_done() {
    let queue = Queue::unbounded();
    soon(queue.join()).await;
    queue.put(1).await.unwrap();
    let join = spawn(queue.join());
    queue.get().await.unwrap();
    settle().await;
    assert!(!join.is_finished());
    queue.task_done().unwrap();
    soon(join.join()).await;
    // ValueError beyond the count.
    assert!(queue.task_done().is_err());
}

/// `Channel.put` blocks until a getter takes it; `put_nowait` with nobody waiting is Full.
#[tokio::test(start_paused = true)]
async fn a_channel_hands_over_from_hand_to_hand() {
    let (channel, order) = (Channel::new(), Order::default());
    assert!(channel.try_put("nobody").is_err());
    let (sending, log) = (channel.clone(), order.clone());
    let sender = spawn(async move {
        log.note("sending");
        sending.put("hello").await.unwrap();
        log.note("sent");
    });
    settle().await;
    assert_eq!(order.read(), ["sending"]);
    assert_eq!(soon(channel.get()).await.unwrap(), "hello");
    soon(sender.join()).await;
    assert_eq!(order.read(), ["sending", "sent"]);
}
