use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::StreamExt;
use greenroom_core::{Pool, finally};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "Imap" => imap,
    "ImapUnordered" => imap_unordered,
    "Map" => map,
}

const ITEMS: usize = 7;

/// How many items were entered and left.
type Counts = Arc<(AtomicUsize, AtomicUsize)>;

fn work(
    counts: &Counts,
) -> impl Fn(usize) -> Pin<Box<dyn Future<Output = usize> + Send>> + Send + Sync + use<> {
    let counts = counts.clone();
    move |n| {
        let (entered, left) = (counts.clone(), counts.clone());
        let body = async move {
            entered.0.fetch_add(1, Ordering::SeqCst);
            for _ in 0..n % 3 {
                yield_now().await;
            }
            n
        };
        Box::pin(finally(body, async move {
            yield_now().await;
            left.1.fetch_add(1, Ordering::SeqCst);
        }))
    }
}

/// A dropped map leaves nobody at work and no slot taken, and every item that was entered was left.
async fn is_intact<T>(pool: &Pool, counts: &Counts, outcome: &Outcome<T>) {
    until_idle().await;
    assert_eq!((pool.len(), pool.free()), (0, 2), "a worker lives on");
    let (entered, left) = (counts.0.load(Ordering::SeqCst), counts.1.load(Ordering::SeqCst));
    assert_eq!(entered, left, "a clean-up was left out");
    assert!(entered == ITEMS || !outcome.is_completed());
    assert!(entered > 0 || !outcome.is_completed());
}

async fn map() -> usize {
    cancel_at_every_poll(
        async || {
            let (pool, counts) = (Pool::new(2), Counts::default());
            let map = pool.map(0..ITEMS, work(&counts));
            ((pool, counts), map)
        },
        async |(pool, counts), outcome| {
            is_intact(&pool, &counts, &outcome).await;
            if let Some(whole) = outcome.completed() {
                assert!(whole.unwrap().into_iter().eq(0..ITEMS));
            }
        },
    )
    .await
}

async fn imap() -> usize {
    cancel_at_every_poll(
        async || {
            let (pool, counts) = (Pool::new(2), Counts::default());
            let whole = pool.imap(0..ITEMS, work(&counts)).map(Result::unwrap).collect::<Vec<_>>();
            ((pool, counts), whole)
        },
        async |(pool, counts), outcome| {
            is_intact(&pool, &counts, &outcome).await;
            assert!(outcome.completed().is_none_or(|whole| whole.into_iter().eq(0..ITEMS)));
        },
    )
    .await
}

async fn imap_unordered() -> usize {
    cancel_at_every_poll(
        async || {
            let (pool, counts) = (Pool::new(2), Counts::default());
            let whole = pool.imap_unordered(0..ITEMS, work(&counts)).map(Result::unwrap).collect::<Vec<_>>();
            ((pool, counts), whole)
        },
        async |(pool, counts), outcome| {
            is_intact(&pool, &counts, &outcome).await;
            if let Some(mut whole) = outcome.completed() {
                whole.sort_unstable();
                assert!(whole.into_iter().eq(0..ITEMS));
            }
        },
    )
    .await
}
