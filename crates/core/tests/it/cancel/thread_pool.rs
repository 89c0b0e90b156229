use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use greenroom_core::ThreadPool;
use greenroom_testkit::cancel_at_every_poll;

rows! {
    "ThreadSpawn" => spawning,
    "ThreadApply" => applying,
    "ThreadMap" => mapping,
    "ThreadPoolJoin" => joining,
    "ThreadPoolKill" => killing,
}

/// A pool of one thread whose place is taken, for a little while.
fn busy() -> ThreadPool {
    let pool = ThreadPool::new(1);
    drop(pool.try_spawn(std::thread::yield_now).unwrap());
    pool
}

/// Every place comes back, and the next call runs.
async fn end_well(pool: ThreadPool) {
    pool.join().await;
    assert!(pool.is_empty());
    assert_eq!(pool.apply(|| 7).await.unwrap(), 7);
}

async fn spawning() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = busy();
            let spawn = pool.spawn(|| ());
            (pool, spawn)
        },
        async |pool, outcome| {
            drop(outcome);
            end_well(pool).await;
        },
    )
    .await
}

async fn applying() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = busy();
            let apply = pool.apply(|| ());
            (pool, apply)
        },
        async |pool, _| end_well(pool).await,
    )
    .await
}

async fn mapping() -> usize {
    cancel_at_every_poll(
        async || {
            let (pool, calls) = (busy(), Arc::new(AtomicUsize::new(0)));
            let counted = calls.clone();
            let map = pool.map(0..4, move |_| counted.fetch_add(1, Ordering::Relaxed));
            ((pool, calls), map)
        },
        async |(pool, calls), outcome| {
            drop(outcome);
            pool.join().await;
            assert_eq!(Arc::strong_count(&calls), 1, "a call is left");
            end_well(pool).await;
        },
    )
    .await
}

async fn joining() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = busy();
            let join = pool.join();
            (pool, join)
        },
        async |pool, _| end_well(pool).await,
    )
    .await
}

async fn killing() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = busy();
            let kill = pool.kill();
            (pool, kill)
        },
        async |pool, _| {
            pool.join().await;
            assert!(pool.is_empty());
        },
    )
    .await
}
