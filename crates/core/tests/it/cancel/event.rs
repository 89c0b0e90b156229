use greenroom_core::Event;
use greenroom_testkit::{cancel_at_every_poll, until_idle};

rows! {
    "EventWait" => wait,
}

async fn wait() -> usize {
    cancel_at_every_poll(
        async || {
            let event = Event::new();
            let others = [event.wait(), event.wait()].map(tokio::spawn);
            tokio::spawn({
                let event = event.clone();
                async move {
                    event.set();
                    event.clear();
                }
            });
            (others, event.wait())
        },
        async |others, _| {
            until_idle().await;
            assert!(others.iter().all(|other| other.is_finished()), "another one was not woken");
        },
    )
    .await
}
