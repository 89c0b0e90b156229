use greenroom_core::{Event, Exit, Task, TaskError, finally, spawn};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::task::yield_now;

rows! {
    "Get" => get,
    "Join" => join,
    "Kill" => kill,
    "Take" => take,
    "YieldNow" => yielding,
}

/// A task that ends with a value after a while.
fn soon() -> Task<u32> {
    spawn(async {
        yield_now().await;
        7
    })
}

async fn get() -> usize {
    cancel_at_every_poll(
        async || {
            let task = soon();
            let get = task.get();
            ((tokio::spawn(task.get()), task), get)
        },
        async |(other, task), outcome| {
            assert!(outcome.completed().is_none_or(|got| matches!(got, Ok(7))));
            until_idle().await;
            assert!(other.is_finished(), "another one was not woken");
            assert!(matches!(task.take().await, Ok(7)), "the value is gone");
        },
    )
    .await
}

async fn take() -> usize {
    cancel_at_every_poll(
        async || {
            let task = soon();
            let take = task.take();
            (task, take)
        },
        async |task, outcome| match outcome {
            Outcome::Completed(taken) => {
                assert!(matches!(taken, Ok(7)));
                assert!(matches!(task.take().await, Err(TaskError::Taken)), "the value is doubled");
            }
            Outcome::Dropped { .. } => assert!(matches!(task.take().await, Ok(7)), "the value is gone"),
        },
    )
    .await
}

async fn join() -> usize {
    cancel_at_every_poll(
        async || {
            let task = soon();
            let join = task.join();
            ((tokio::spawn(task.join()), task), join)
        },
        async |(other, task), _| {
            until_idle().await;
            assert!(other.is_finished(), "another one was not woken");
            assert!(matches!(task.exit(), Some(Exit::Finished)), "the task was disturbed");
        },
    )
    .await
}

async fn yielding() -> usize {
    cancel_at_every_poll(
        async || {
            let other = spawn(async {
                greenroom_core::yield_now().await;
                greenroom_core::yield_now().await;
            });
            (other, greenroom_core::yield_now())
        },
        async |other, _| {
            until_idle().await;
            assert!(other.is_finished(), "another one lost its turn");
        },
    )
    .await
}

async fn kill() -> usize {
    cancel_at_every_poll(
        async || {
            let (left, stop) = (Event::new(), Event::new());
            let leaving = left.clone();
            let task = spawn(finally(stop.wait(), async move {
                yield_now().await;
                leaving.set();
            }));
            until_idle().await;
            let kill = task.kill();
            ((task, left, stop), kill)
        },
        async |(task, left, stop), outcome| {
            until_idle().await;
            if let Outcome::Dropped { polls: 0, .. } = outcome {
                assert!(!task.is_finished(), "nobody asked for it yet");
                stop.set();
                assert!(matches!(task.join().await, Exit::Finished));
            }
            assert!(task.is_finished(), "a kill that was polled stands");
            assert!(left.is_set(), "the clean-up was left out");
        },
    )
    .await
}
