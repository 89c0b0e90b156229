//! More than can be handled.

use std::sync::Arc;

use greenroom_server::{DatagramServer, Overflow, Packet};
use tokio::sync::Semaphore;

use super::client::{Client, until, with};

/// Replies once the test lets it.
async fn held(gate: Arc<Semaphore>, packet: Packet) {
    let pass = gate.acquire().await.unwrap();
    pass.forget();
    packet.reply(packet.payload().clone()).await.unwrap();
}

#[tokio::test]
async fn what_comes_while_all_handlers_wait_is_dropped_and_counted() {
    let gate = Arc::new(Semaphore::new(0));
    let server =
        DatagramServer::bind("127.0.0.1:0").max_handlers(2).start(with(gate.clone(), held)).await.unwrap();
    let client = Client::new(&server).await;
    for n in 0..5_u8 {
        client.send([n]).await;
    }
    until(|| server.stats().received == 5).await;
    let stats = server.stats();
    assert_eq!((stats.active, stats.dropped_full), (2, 3));

    gate.add_permits(2);
    assert_eq!((client.recv().await, client.recv().await), (vec![0], vec![1]));
    until(|| server.stats().active == 0).await;
    gate.add_permits(1);
    assert_eq!(client.exchange([9]).await, [9], "there is room again");
    assert_eq!(server.stats().dropped(), 3);
}

#[tokio::test]
async fn what_comes_while_all_handlers_wait_may_wait_too() {
    let gate = Arc::new(Semaphore::new(0));
    let server = DatagramServer::bind("127.0.0.1:0").max_handlers(2).overflow(Overflow::Wait);
    let server = server.start(with(gate.clone(), held)).await.unwrap();
    let client = Client::new(&server).await;
    for n in 0..100_u8 {
        client.send([n]).await;
    }
    until(|| server.stats().active == 2).await;
    gate.add_permits(100);
    let mut got = Vec::new();
    for _ in 0..100 {
        got.extend(client.recv().await);
    }
    got.sort_unstable();
    assert_eq!(got, (0..100).collect::<Vec<_>>());
    assert_eq!(server.stats().dropped(), 0);
}

#[tokio::test]
async fn handlers_that_need_not_wait_are_not_counted() {
    let server =
        DatagramServer::bind("127.0.0.1:0").max_handlers(1).start(super::client::echo).await.unwrap();
    let client = Client::new(&server).await;
    for n in 0..50 {
        client.push([n]);
    }
    for n in 0..50 {
        assert_eq!(client.recv().await, [n]);
    }
    assert_eq!(server.stats().dropped(), 0);
}

#[tokio::test]
async fn row_42_a_flood_takes_no_more_handlers_than_there_may_be() {
    let gate = Arc::new(Semaphore::new(0));
    let server =
        DatagramServer::bind("127.0.0.1:0").max_handlers(10).start(with(gate.clone(), held)).await.unwrap();
    let client = Client::new(&server).await;
    for round in 1..=200_u64 {
        // No more than the kernel's buffer holds, so that every one is counted.
        for _ in 0..50 {
            client.send([0; 64]).await;
        }
        until(|| server.stats().received == 50 * round).await;
        assert!(server.stats().active <= 10);
    }
    let stats = server.stats();
    assert_eq!((stats.received, stats.active, stats.dropped_full), (10_000, 10, 9_990));
}
