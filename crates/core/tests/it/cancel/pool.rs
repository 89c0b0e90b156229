use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use greenroom_core::{Pool, spawn};
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "PoolAdd" => add,
    "PoolAvailable" => available,
    "PoolReserve" => reserve,
    "PoolSpawn" => spawn_in_pool,
    "PoolSpawnFallible" => spawn_fallible_in_pool,
}

/// A pool of one slot, which is taken for a while.
fn taken() -> Pool {
    let pool = Pool::new(1);
    pool.try_spawn(async {
        yield_now().await;
        yield_now().await;
    })
    .unwrap();
    pool
}

/// Somebody else who waits for a slot, and uses it.
fn other(pool: &Pool) -> tokio::task::JoinHandle<bool> {
    let spawning = pool.spawn(yield_now());
    tokio::spawn(async move { spawning.await.unwrap().join().await.is_finished() })
}

/// Whether everybody had the slot, and it is free.
async fn is_intact(pool: &Pool, other: tokio::task::JoinHandle<bool>) {
    until_idle().await;
    assert!(other.is_finished(), "the slot was not passed on");
    assert!(other.await.unwrap());
    assert_eq!((pool.free(), pool.len()), (1, 0), "the slot is lost");
    pool.try_spawn(async {}).unwrap().join().await;
}

async fn spawn_in_pool() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = taken();
            let ran = Arc::new(AtomicU32::new(0));
            let run = ran.clone();
            let spawning = pool.spawn(async move { run.fetch_add(1, Ordering::SeqCst) });
            let other = other(&pool);
            ((pool, other, ran), spawning)
        },
        async |(pool, other, ran), outcome| {
            is_intact(&pool, other).await;
            assert_eq!(ran.load(Ordering::SeqCst), u32::from(outcome.is_completed()));
        },
    )
    .await
}

async fn spawn_fallible_in_pool() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = taken();
            let spawning = pool.spawn_fallible(async { "7".parse::<u8>() });
            let other = other(&pool);
            ((pool, other), spawning)
        },
        async |(pool, other), _| is_intact(&pool, other).await,
    )
    .await
}

async fn add() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = taken();
            let task = spawn(pending::<()>());
            let adding = pool.add(&task);
            let other = other(&pool);
            ((pool, other, task), adding)
        },
        async |(pool, other, task), outcome| {
            assert_eq!(pool.contains(&task), outcome.is_completed());
            assert!(!task.is_finished());
            task.kill().await;
            is_intact(&pool, other).await;
        },
    )
    .await
}

async fn available() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = taken();
            let looking = tokio::spawn(pool.wait_available());
            let available = pool.wait_available();
            ((pool, looking), available)
        },
        async |(pool, looking), outcome| {
            assert!(outcome.completed().is_none_or(|free| free == 1));
            until_idle().await;
            assert!(looking.is_finished(), "another one was not woken");
            assert_eq!(pool.free(), 1);
        },
    )
    .await
}

async fn reserve() -> usize {
    cancel_at_every_poll(
        async || {
            let pool = taken();
            let reserving = pool.reserve();
            let other = other(&pool);
            ((pool, other), reserving)
        },
        async |(pool, other), outcome| {
            if let Some(slot) = outcome.completed() {
                let slot = slot.unwrap();
                assert_eq!((pool.free(), pool.len()), (0, 0), "it is taken, and not by a member");
                assert!(slot.spawn(yield_now()).join().await.is_finished());
            }
            is_intact(&pool, other).await;
        },
    )
    .await
}
