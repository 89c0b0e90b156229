//! `gevent.local`.

use std::sync::atomic::{AtomicU32, Ordering};

use greenroom::{Local, LocalError, spawn};
use tokio::task::yield_now;

use crate::order::soon;

static NUMBER: Local<u32> = Local::new(|| 0);

/// A namespace per greenlet: what one sets the other does not see.
#[tokio::test(start_paused = true)]
async fn each_task_has_a_value_of_its_own() {
    let tasks = [1, 2].map(|number| {
        spawn(async move {
            NUMBER.set(number).unwrap();
            yield_now().await;
            NUMBER.get().unwrap()
        })
    });
    let [one, two] = tasks;
    assert_eq!((soon(one).await.unwrap(), soon(two).await.unwrap()), (1, 2));
}

/// A subclass's `__init__` runs again on the first touch in each greenlet.
#[tokio::test(start_paused = true)]
async fn a_value_is_made_at_the_first_touch_in_each_task() {
    static MADE: AtomicU32 = AtomicU32::new(0);
    static COUNTED: Local<u32> = Local::new(|| MADE.fetch_add(1, Ordering::Relaxed));
    for expected in 0..2 {
        let task = spawn(async { (COUNTED.get().unwrap(), COUNTED.get().unwrap()) });
        assert_eq!(soon(task).await.unwrap(), (expected, expected));
    }
    spawn(async {}).await.unwrap();
    assert_eq!(MADE.load(Ordering::Relaxed), 2);
}

/// Values are dropped when the greenlet finishes, even if the greenlet is still referenced (#387).
#[tokio::test(start_paused = true)]
async fn values_are_dropped_at_the_end_of_their_task() {
    static DROPPED: AtomicU32 = AtomicU32::new(0);
    struct Held;
    impl Drop for Held {
        fn drop(&mut self) {
            DROPPED.fetch_add(1, Ordering::Relaxed);
        }
    }
    static HELD: Local<Held> = Local::new(|| Held);
    let task = spawn(async {
        HELD.with(|_| ());
        yield_now().await;
    });
    soon(task.join()).await;
    assert_eq!(DROPPED.load(Ordering::Relaxed), 1);
    drop(task);
}

/// Not inherited by children; `spawn_tree_locals` or contextvars do that.
#[tokio::test(start_paused = true)]
async fn children_inherit_only_what_they_are_given() {
    let parent = spawn(async {
        NUMBER.set(5).unwrap();
        let alone = spawn(async { NUMBER.get().unwrap() });
        let heir = spawn(NUMBER.with_value(NUMBER.get().unwrap(), async { NUMBER.get().unwrap() }));
        (alone.await.unwrap(), heir.await.unwrap())
    });
    assert_eq!(soon(parent).await.unwrap(), (0, 5));
}

/// In gevent the main greenlet has its own namespace; outside of a task ours is an error that says so.
#[tokio::test(start_paused = true)]
async fn outside_of_a_task_there_is_no_value() {
    assert!(matches!(NUMBER.get(), Err(LocalError::NoTask)));
}
