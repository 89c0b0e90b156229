use greenroom_core::{Local, spawn};
use greenroom_testkit::cancel_at_every_poll;
use tokio::task::yield_now;

rows! {
    "WithLocal" => with_local,
}

static USER: Local<&str> = Local::new(|| "nobody");

async fn with_local() -> usize {
    // In a task, whose own value must be there after each end of the future.
    let task = spawn(async {
        USER.set("ann").unwrap();
        cancel_at_every_poll(
            async || {
                let given = USER.with_value("bob", async {
                    for _ in 0..3 {
                        assert_eq!(USER.get(), Ok("bob"));
                        yield_now().await;
                    }
                });
                ((), given)
            },
            async |(), _| assert_eq!(USER.get(), Ok("ann")),
        )
        .await
    });
    task.get().await.unwrap()
}
