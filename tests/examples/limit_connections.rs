//! The `limit_connections` example.

#[path = "../../examples/limit_connections.rs"]
#[expect(dead_code, reason = "its main is not called here")]
mod example;

use std::time::Duration;

use greenroom::{Limits, ServerHandle, StreamServer};

use crate::client::Client;

const PLACE: &str = "You have a place. Type quit to leave.";
/// Longer than any test.
const FOR_EVER: Duration = Duration::from_secs(86_400);

async fn server(limits: Limits) -> ServerHandle {
    StreamServer::bind("127.0.0.1:0").limits(limits).start(example::echo).await.expect("a free port")
}

#[tokio::test]
async fn one_more_from_the_same_address_is_closed_without_a_word() {
    let server = server(example::limits(3, 2, FOR_EVER)).await;
    let mut first = Client::connect(&server).await;
    let mut second = Client::connect(&server).await;
    for client in [&mut first, &mut second] {
        assert_eq!(client.line().await.as_deref(), Some(PLACE));
    }
    assert!(Client::connect(&server).await.end().await.is_empty());
    assert_eq!(server.stats().refused_by_address, 1);
    for client in [&mut first, &mut second] {
        client.send("still here\n").await;
        assert_eq!(client.line().await.as_deref(), Some("still here"));
    }
    server.stop().await;
}

#[tokio::test]
async fn one_who_finds_it_full_has_the_place_of_the_first_who_leaves() {
    let server = server(example::limits(1, 1, FOR_EVER)).await;
    let mut first = Client::connect(&server).await;
    assert_eq!(first.line().await.as_deref(), Some(PLACE));
    let mut second = Client::connect(&server).await;
    second.send("early\n").await;
    first.send("quit\n").await;
    assert!(first.end().await.is_empty());
    assert_eq!(second.line().await.as_deref(), Some(PLACE));
    assert_eq!(second.line().await.as_deref(), Some("early"));
    assert_eq!(server.stats().shed, 0);
    server.stop().await;
}

#[tokio::test]
async fn without_patience_who_finds_it_full_is_sent_away() {
    let server = server(example::limits(1, 1, Duration::ZERO)).await;
    let mut first = Client::connect(&server).await;
    assert_eq!(first.line().await.as_deref(), Some(PLACE));
    assert!(Client::connect(&server).await.end().await.is_empty());
    assert_eq!(server.stats().shed, 1);
    server.stop().await;
}
