use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use greenroom_core::{Event, Group, finally};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "Apply" => apply,
    "GroupJoin" => join,
    "GroupKill" => kill,
}

async fn apply() -> usize {
    cancel_at_every_poll(
        async || {
            let group = Group::new();
            let left = Arc::new(AtomicU32::new(0));
            let leave = left.clone();
            let apply = group.apply(finally(yield_now(), async move {
                leave.fetch_add(1, Ordering::SeqCst);
            }));
            ((group, left), apply)
        },
        async |(group, left), outcome| {
            until_idle().await;
            assert!(group.is_empty(), "its task lives on");
            let never = matches!(outcome, Outcome::Dropped { polls: 0, .. });
            let left = left.load(Ordering::SeqCst);
            assert!(left <= 1 && (left == 1 || !outcome.is_completed()) && !(never && left == 1));
        },
    )
    .await
}

async fn join() -> usize {
    cancel_at_every_poll(
        async || {
            let group = Group::new();
            group.spawn(yield_now());
            let other = tokio::spawn(group.join());
            let join = group.join();
            ((group, other), join)
        },
        async |(group, other), _| {
            until_idle().await;
            assert!(group.is_empty() && other.is_finished(), "another one was not woken");
        },
    )
    .await
}

async fn kill() -> usize {
    cancel_at_every_poll(
        async || {
            let group = Group::new();
            let left = Event::new();
            let leaving = left.clone();
            let task = group.spawn(finally(pending::<()>(), async move {
                yield_now().await;
                leaving.set();
            }));
            until_idle().await;
            let kill = group.kill();
            ((group, task, left), kill)
        },
        async |(group, task, left), outcome| {
            until_idle().await;
            if let Outcome::Dropped { polls: 0, .. } = outcome {
                assert!(!task.is_finished(), "nobody asked for it yet");
                return;
            }
            assert!(task.is_finished() && left.is_set(), "a kill that was polled stands");
            let later = group.spawn(pending::<()>());
            until_idle().await;
            assert!(!later.is_finished(), "the kill is over");
        },
    )
    .await
}
