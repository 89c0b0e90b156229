use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use greenroom_core::{bracket, finally, finally_ref, shield};
use greenroom_testkit::{DropCounter, Outcome, cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "Finally" => in_the_end,
    "FinallyRef" => in_the_end_by_reference,
    "Shield" => shielded,
    "bracket" => bracketed,
}

async fn in_the_end() -> usize {
    cancel_at_every_poll(
        async || {
            let cleaned = Arc::new(AtomicUsize::new(0));
            let counter = cleaned.clone();
            let future = finally(yield_now(), async move {
                yield_now().await;
                counter.fetch_add(1, Ordering::AcqRel);
            });
            (cleaned, future)
        },
        async |cleaned, outcome| {
            until_idle().await;
            let polled = !matches!(outcome, Outcome::Dropped { polls: 0, .. });
            assert_eq!(cleaned.load(Ordering::Acquire), usize::from(polled), "once, if it was polled");
        },
    )
    .await
}

/// Dropped in the middle it drops its clean-up, and says so; but it drops all of it, and completed it has run.
async fn in_the_end_by_reference() -> usize {
    static PARTS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let cleaned = Arc::new(AtomicUsize::new(0));
            let (counter, parts) = (cleaned.clone(), [PARTS.counted(), PARTS.counted()]);
            let [body, cleanup] = parts;
            let future = finally_ref(
                async move {
                    yield_now().await;
                    drop(body);
                },
                async move {
                    yield_now().await;
                    counter.fetch_add(1, Ordering::AcqRel);
                    drop(cleanup);
                },
            );
            (cleaned, future)
        },
        async |cleaned, outcome| {
            until_idle().await;
            assert_eq!(cleaned.load(Ordering::Acquire), usize::from(outcome.is_completed()));
            assert_eq!(PARTS.alive(), 0, "something was left behind");
        },
    )
    .await
}

async fn shielded() -> usize {
    static PARTS: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let inside = PARTS.counted();
            let future = shield(async move {
                yield_now().await;
                drop(inside);
            });
            ((), future)
        },
        async |(), _| assert_eq!(PARTS.alive(), 0, "the future inside was left behind"),
    )
    .await
}

async fn bracketed() -> usize {
    static RESOURCES: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let released = Arc::new(Mutex::new(Vec::new()));
            let shelf = released.clone();
            let future = bracket(
                (7, RESOURCES.counted()),
                async |resource| {
                    yield_now().await;
                    resource.0 += 1;
                    yield_now().await;
                },
                |(number, _counted)| async move {
                    yield_now().await;
                    shelf.lock().unwrap().push(number);
                },
            );
            (released, future)
        },
        async |released, outcome| {
            until_idle().await;
            let expected: &[i32] = match outcome {
                Outcome::Dropped { polls: 0, .. } => &[],
                Outcome::Dropped { polls: 1, .. } => &[7],
                _ => &[8],
            };
            assert_eq!(*released.lock().unwrap(), expected);
            assert_eq!(RESOURCES.alive(), 0, "the resource was left behind");
        },
    )
    .await
}
