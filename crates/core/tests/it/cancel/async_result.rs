use greenroom_core::AsyncResult;
use greenroom_testkit::{cancel_at_every_poll, until_idle};

rows! {
    "AsyncResultGet" => get,
    "AsyncResultWait" => wait,
}

/// A result that a task is about to set.
fn soon() -> AsyncResult<u32, ()> {
    let result = AsyncResult::default();
    let setter = result.clone();
    tokio::spawn(async move { setter.set(7).unwrap() });
    result
}

async fn get() -> usize {
    cancel_at_every_poll(
        async || {
            let result = soon();
            (tokio::spawn(result.get()), result.get())
        },
        async |other, outcome| {
            until_idle().await;
            assert!(other.is_finished(), "another one was not woken");
            assert!(outcome.completed().is_none_or(|got| got == Ok(7)));
        },
    )
    .await
}

async fn wait() -> usize {
    cancel_at_every_poll(
        async || {
            let result = soon();
            let wait = result.wait();
            (result, wait)
        },
        async |result, outcome| {
            assert!(!outcome.is_completed() || result.is_ready());
            assert_eq!(result.get().await, Ok(7), "the value is gone");
        },
    )
    .await
}
