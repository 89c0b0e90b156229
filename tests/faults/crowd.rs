//! A thousand slow clients of a kind, beside good ones. The clock is paused. Those under TLS are in the server crate's tests.

use std::time::Duration;

use greenroom::{Deadlines, MemoryConnector, MemoryListener, ServerHandle, StreamServer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinSet;

use crate::baseline::{ask, assert_recovered, echo, until};

const SLOW: usize = 1000;
const GOOD: usize = 100;
const LINES: usize = 10;
const SECOND: Duration = Duration::from_secs(1);

async fn server() -> (ServerHandle, MemoryConnector) {
    let listener = MemoryListener::new();
    let connector = listener.connector();
    let deadlines = Deadlines::new().first_byte(60 * SECOND).request(60 * SECOND);
    let server = StreamServer::on(listener)
        .max_connections(SLOW + GOOD)
        .deadlines(deadlines)
        .start(echo)
        .await
        .unwrap();
    (server, connector)
}

/// How many lines of good clients, one a second each, are answered.
async fn answered(connector: &MemoryConnector) -> usize {
    let mut good = JoinSet::new();
    for _ in 0..GOOD {
        let mut client = connector.connect().await.unwrap();
        good.spawn(async move {
            let mut answered = 0;
            for _ in 0..LINES {
                answered += usize::from(ask(&mut client, "a good client").await);
                tokio::time::sleep(SECOND).await;
            }
            answered
        });
    }
    good.join_all().await.into_iter().sum()
}

#[tokio::test(start_paused = true)]
async fn beside_a_thousand_silent_clients_the_good_ones_are_served() {
    let (server, connector) = server().await;
    let mut silent = Vec::new();
    for _ in 0..SLOW {
        silent.push(connector.connect().await.unwrap());
    }
    assert_eq!(answered(&connector).await, GOOD * LINES);
    until(|| server.stats().active as usize == SLOW).await;
    for mut client in silent {
        assert_eq!(client.read(&mut [0]).await.unwrap(), 0);
    }
    assert_recovered(&server, connector.connect().await.unwrap()).await;
    assert_eq!(server.stats().failed as usize, SLOW);
}

#[tokio::test(start_paused = true)]
async fn beside_a_thousand_clients_of_a_byte_a_second_the_good_ones_are_served() {
    let (server, connector) = server().await;
    let mut slow = JoinSet::new();
    for _ in 0..SLOW {
        let mut client = connector.connect().await.unwrap();
        slow.spawn(async move {
            let mut sent = 0;
            while client.write_all(b"x").await.is_ok() {
                sent += 1;
                tokio::time::sleep(SECOND).await;
            }
            sent
        });
    }
    assert_eq!(answered(&connector).await, GOOD * LINES);
    until(|| server.stats().active as usize == SLOW).await;
    for sent in slow.join_all().await {
        assert!((60..=62).contains(&sent), "closed when its line was due, not before: {sent}");
    }
    assert_recovered(&server, connector.connect().await.unwrap()).await;
    assert_eq!(server.stats().failed as usize, SLOW);
}
