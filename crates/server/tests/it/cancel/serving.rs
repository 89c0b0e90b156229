use std::time::Duration;

use greenroom_server::{Connection, MemoryListener, SockAddr, StreamServer};
use greenroom_testkit::{Outcome, cancel_at_every_poll, until_idle};
use tokio::io::AsyncReadExt;
use tokio::time::sleep;

rows! {
    "MemoryConnector::connect" => connect,
    "MemoryConnector::connect_from" => connect_from,
    "ServerEnd" => end,
    "ServerHandle::stop_when" => stop_when,
    "StreamServer::serve_until" => serve_until,
}

async fn wait_for_the_end(mut conn: Connection) {
    while conn.recv().await.is_ok_and(|chunk| chunk.is_some()) {}
}

async fn connects(from: Option<SockAddr>) -> usize {
    cancel_at_every_poll(
        async || {
            let mut listener = MemoryListener::with_backlog(1);
            let connector = listener.connector();
            let first = connector.connect().await.unwrap();
            let later = tokio::spawn(async move {
                until_idle().await;
                greenroom_server::Listener::accept(&mut listener).await.unwrap();
                listener
            });
            let from = from.clone();
            let connect = async move {
                match from {
                    Some(from) => connector.connect_from(from).await.unwrap(),
                    None => connector.connect().await.unwrap(),
                }
            };
            ((later, first), connect)
        },
        async |(later, _first), outcome| {
            let mut listener = later.await.unwrap();
            let accept = greenroom_server::Listener::accept(&mut listener);
            let queued = tokio::time::timeout(Duration::from_secs(1), accept).await.is_ok();
            assert_eq!(queued, matches!(outcome, Outcome::Completed(_)), "a place in the backlog is lost");
        },
    )
    .await
}

async fn connect() -> usize {
    connects(None).await
}

async fn connect_from() -> usize {
    connects(Some(std::net::SocketAddr::from(([192, 0, 2, 1], 5000)).into())).await
}

async fn end() -> usize {
    cancel_at_every_poll(
        async || {
            let listener = MemoryListener::new();
            let connector = listener.connector();
            let server = StreamServer::on(listener).start(wait_for_the_end).await.unwrap();
            let client = connector.connect().await.unwrap();
            until_idle().await;
            ((server.clone(), client), server.stop())
        },
        async |(server, mut client), outcome| {
            // Nobody needs to wait for it.
            let report = server.wait().await;
            assert_eq!((report.drained, server.stats().active), (1, 0));
            assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
            drop(outcome);
        },
    )
    .await
}

async fn stop_when() -> usize {
    cancel_at_every_poll(
        async || {
            let server = StreamServer::on(MemoryListener::new()).start(wait_for_the_end).await.unwrap();
            (server.clone(), server.stop_when(sleep(Duration::from_secs(1))))
        },
        async |server, outcome| {
            if outcome.is_completed() {
                assert!(server.is_stopping());
            }
            server.stop().await;
        },
    )
    .await
}

async fn serve_until() -> usize {
    cancel_at_every_poll(
        async || {
            let listener = MemoryListener::new();
            let connector = listener.connector();
            let client = connector.connect().await.unwrap();
            let serve =
                StreamServer::on(listener).serve_until(sleep(Duration::from_secs(1)), wait_for_the_end);
            ((connector, client), serve)
        },
        async |(connector, mut client), outcome| {
            if let Some(report) = outcome.completed() {
                assert_eq!(report.unwrap().drained, 1);
            }
            // Dropped or over: the listener is closed, and so is whoever was connected.
            assert_eq!(client.read(&mut [0]).await.unwrap_or(0), 0);
            assert!(connector.connect().await.is_err());
        },
    )
    .await
}
