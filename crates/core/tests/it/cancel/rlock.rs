use greenroom_core::{Event, RLock, spawn};
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "RLockAcquire" => acquire,
}

async fn acquire() -> usize {
    // In a task, because only tasks can have the lock.
    let task = spawn(cancel_at_every_poll(
        async || {
            let (lock, go) = (RLock::new(), Event::new());
            let (owned, told) = (lock.clone(), go.clone());
            spawn(async move {
                let _guard = owned.acquire().await.unwrap();
                told.wait().await;
            });
            until_idle().await;
            spawn(async move { go.set() });
            let acquire = lock.acquire();
            (lock, acquire)
        },
        async |lock, outcome| {
            let behind = lock.clone();
            let next = spawn(async move { drop(behind.acquire().await.unwrap()) });
            yield_now().await;
            drop(outcome);
            until_idle().await;
            assert!(next.is_successful(), "the lock did not pass on");
            assert!(!lock.is_locked());
        },
    ));
    task.get().await.unwrap()
}
