use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use greenroom_core::{Timed, WithTimeout, finally, with_timeout_value};
use greenroom_testkit::{DropCounter, Outcome, cancel_at_every_poll, until_idle};
use tokio::task::yield_now;
use tokio::time::sleep;

rows! {
    "Timed" => in_time,
    "Timed" => too_late,
    "with_timeout_value" => too_late_with_a_value,
}

const LIMIT: Duration = Duration::from_secs(1);

/// A body with a clean-up, under a limit; and how often the clean-up ran.
fn limited(body: impl Future<Output = ()>) -> (Arc<AtomicUsize>, Timed<impl Future<Output = ()>>) {
    let cleaned = Arc::new(AtomicUsize::new(0));
    let counter = cleaned.clone();
    let cleanup = async move {
        yield_now().await;
        counter.fetch_add(1, Ordering::AcqRel);
    };
    (cleaned, finally(body, cleanup).timeout(LIMIT))
}

async fn check<T>(cleaned: &AtomicUsize, outcome: &Outcome<T>) {
    until_idle().await;
    let polled = !matches!(outcome, Outcome::Dropped { polls: 0, .. });
    assert_eq!(cleaned.load(Ordering::Acquire), usize::from(polled), "once, if it was polled");
}

async fn in_time() -> usize {
    cancel_at_every_poll(
        async || limited(sleep(LIMIT / 2)),
        async |cleaned, outcome| {
            check(&cleaned, &outcome).await;
            assert!(outcome.completed().is_none_or(|ended| ended.is_ok()));
        },
    )
    .await
}

async fn too_late() -> usize {
    cancel_at_every_poll(
        async || limited(pending()),
        async |cleaned, outcome| {
            check(&cleaned, &outcome).await;
            assert!(outcome.completed().is_none_or(|ended| ended.is_err()));
        },
    )
    .await
}

async fn too_late_with_a_value() -> usize {
    static BODIES: DropCounter = DropCounter::new();
    cancel_at_every_poll(
        async || {
            let body = BODIES.counted();
            let body = async move {
                let _body = body;
                pending::<&str>().await
            };
            ((), with_timeout_value(LIMIT, body, "late"))
        },
        async |(), outcome| {
            assert_eq!(BODIES.alive(), 0, "the body was left behind");
            assert!(outcome.completed().is_none_or(|value| value == "late"));
        },
    )
    .await
}
