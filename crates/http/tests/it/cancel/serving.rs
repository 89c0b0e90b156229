//! Servers, and requests that wait.

use std::time::Duration;

use greenroom_core::Queue;
use greenroom_http::{HttpServer, Incoming, Request, Response, long_poll};
use greenroom_server::MemoryListener;
use greenroom_testkit::{cancel_at_every_poll, until_idle};
use http_body_util::BodyExt;
use tokio::time::sleep;

rows! {
    "HttpServer::serve_until" => serve_until,
    "long_poll" => poll,
}

/// Dropped, it ends the server.
async fn serve_until() -> usize {
    cancel_at_every_poll(
        async || {
            let listener = MemoryListener::new();
            let connector = listener.connector();
            let hello = async |_: Request| Response::new("hello".into());
            let served = HttpServer::on(listener).serve_until(sleep(Duration::from_secs(1)), hello);
            (connector, async move { served.await.unwrap() })
        },
        async |connector, _| {
            until_idle().await;
            assert!(connector.connect().await.is_err(), "it listens still");
        },
    )
    .await
}

const LIMIT: Duration = Duration::from_secs(10);

/// At the very end of the wait an item is answered, or left.
async fn poll() -> usize {
    cancel_at_every_poll(
        async || {
            let news = Queue::unbounded();
            let put = news.clone();
            tokio::spawn(async move {
                sleep(LIMIT).await;
                put.put("late".to_owned()).await.unwrap();
            });
            let get = news.clone();
            let request = Request::new(Incoming::empty());
            (news, async move { long_poll(&request, LIMIT, get.get()).await })
        },
        async |news, outcome| {
            sleep(LIMIT * 2).await;
            let left = news.len();
            let Some(response) = outcome.completed() else { return assert_eq!(left, 1) };
            let status = response.status().as_u16();
            let text = response.into_body().collect().await.unwrap().to_bytes();
            match status {
                200 => assert_eq!((&*text, left), (&b"late"[..], 0)),
                204 => assert_eq!((&*text, left), (&b""[..], 1)),
                other => panic!("{other}"),
            }
        },
    )
    .await
}
