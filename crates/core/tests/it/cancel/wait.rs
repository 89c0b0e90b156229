use std::time::Duration;

use futures_util::StreamExt;
use greenroom_core::{
    AnyTask, Event, Task, Waitable, finally, iwait, join_all, kill_all, spawn, try_join_all, wait,
};
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use tokio::task::yield_now;
use tokio::time::sleep;

rows! {
    "JoinAll" => joining,
    "TryJoinAll" => try_joining,
    "KillAll" => killing,
    "Wait" => waiting,
    "IWait" => waiting_for_each,
}

fn naps() -> Vec<Task<()>> {
    [2, 1, 3].map(|seconds| spawn(async move { sleep(Duration::from_secs(seconds)).await })).into()
}

/// Whoever waits goes, and the tasks go on and end as if nobody had waited.
async fn end_well(tasks: Vec<Task<()>>) {
    sleep(Duration::from_secs(5)).await;
    assert!(tasks.iter().all(|task| task.is_successful()));
}

async fn joining() -> usize {
    cancel_at_every_poll(
        async || {
            let tasks = naps();
            let join = join_all(&tasks);
            (tasks, join)
        },
        async |tasks, _| end_well(tasks).await,
    )
    .await
}

async fn try_joining() -> usize {
    cancel_at_every_poll(
        async || {
            let tasks = naps();
            let join = try_join_all(&tasks);
            (tasks, join)
        },
        async |tasks, _| end_well(tasks).await,
    )
    .await
}

async fn killing() -> usize {
    cancel_at_every_poll(
        async || {
            let tasks: Vec<_> = (0..3)
                .map(|_| {
                    let cleaned = Event::new();
                    let clean = cleaned.clone();
                    let task = spawn(finally(std::future::pending::<()>(), async move {
                        yield_now().await;
                        clean.set();
                    }));
                    (task, cleaned)
                })
                .collect();
            until_idle().await;
            let kill = kill_all(tasks.iter().map(|(task, _)| task));
            ((tasks,), kill)
        },
        async |(tasks,), _| {
            until_idle().await;
            let ordered = tasks.iter().filter(|(task, _)| task.is_finished()).count();
            let cleaned = tasks.iter().filter(|(_, cleaned)| cleaned.is_set()).count();
            // All or none: whether it was polled at all.
            assert!(ordered == 0 || ordered == 3, "{ordered} of 3 were killed");
            assert_eq!(cleaned, ordered);
            tasks.iter().for_each(|(task, _)| task.kill_nowait());
        },
    )
    .await
}

async fn waiting() -> usize {
    cancel_at_every_poll(
        async || {
            let tasks = naps();
            let event = Event::new();
            let wait = wait(tasks.iter().map(Waitable::from).chain([Waitable::from(&event)])).count(3);
            (tasks, wait)
        },
        async |tasks, _| end_well(tasks).await,
    )
    .await
}

async fn waiting_for_each() -> usize {
    cancel_at_every_poll(
        async || {
            let tasks = naps();
            let mut ready = iwait(tasks.iter().map(|task| AnyTask::from(task).into()));
            let wait = async move {
                let mut indexes = Vec::new();
                while let Some(index) = ready.next().await {
                    indexes.push(index);
                }
                assert_eq!(indexes, [1, 0, 2]);
            };
            (tasks, wait)
        },
        async |tasks, _| end_well(tasks).await,
    )
    .await
}
