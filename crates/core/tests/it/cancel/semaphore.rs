use greenroom_core::{BoundedSemaphore, Semaphore};
use greenroom_testkit::{cancel_at_every_poll, until_idle};

rows! {
    "Acquire" => acquire,
    "Acquire" => acquire_many,
    "Acquire" => acquire_bounded,
    "SemaphoreWait" => wait,
}

/// A semaphore without a permit, to which a task is about to give so many, one at a time.
fn soon(count: usize) -> Semaphore {
    let semaphore = Semaphore::new(0);
    let giver = semaphore.clone();
    tokio::spawn(async move {
        for _ in 0..count {
            giver.release();
            tokio::task::yield_now().await;
        }
    });
    semaphore
}

async fn acquire() -> usize {
    cancel_at_every_poll(
        async || {
            let semaphore = soon(1);
            let acquire = semaphore.acquire();
            (semaphore, acquire)
        },
        async |semaphore, outcome| {
            let next = tokio::spawn(semaphore.acquire());
            drop(outcome);
            until_idle().await;
            assert!(next.is_finished(), "the permit did not pass on");
            drop(next.await.unwrap());
            assert_eq!(semaphore.available(), 1);
        },
    )
    .await
}

async fn acquire_many() -> usize {
    cancel_at_every_poll(
        async || {
            let semaphore = soon(3);
            let acquire = semaphore.acquire_many(3);
            (semaphore, acquire)
        },
        async |semaphore, outcome| {
            // Behind it in the line, and in want of less.
            let next = tokio::spawn(semaphore.acquire_many(2));
            drop(outcome);
            until_idle().await;
            assert!(next.is_finished(), "the line stands still");
            drop(next.await.unwrap());
            assert_eq!(semaphore.available(), 3);
        },
    )
    .await
}

async fn acquire_bounded() -> usize {
    cancel_at_every_poll(
        async || {
            let semaphore = BoundedSemaphore::new(1);
            let held = semaphore.acquire().await;
            tokio::spawn(async move { drop(held) });
            let acquire = semaphore.acquire();
            (semaphore, acquire)
        },
        async |semaphore, outcome| {
            drop(outcome);
            until_idle().await;
            assert_eq!(semaphore.available(), 1, "the permit is lost");
            assert!(semaphore.release().is_err(), "the permit is doubled");
        },
    )
    .await
}

async fn wait() -> usize {
    cancel_at_every_poll(
        async || {
            let semaphore = soon(1);
            let wait = semaphore.wait();
            (semaphore, wait)
        },
        async |semaphore, _| {
            until_idle().await;
            assert_eq!(semaphore.available(), 1);
            assert!(semaphore.try_acquire().is_some(), "the line is not empty");
        },
    )
    .await
}
