//! Connections that are taken away from their server.

use std::time::Duration;

use greenroom_server::Connection;
use greenroom_testkit::until_idle;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::scripted::{one_client, server};

#[tokio::test(start_paused = true)]
async fn a_detached_connection_outlives_its_server_and_loses_no_byte() {
    let (hand_over, mut handed) = mpsc::unbounded_channel();
    let (server, mut client) = one_client(move |mut conn: Connection| {
        let hand_over = hand_over.clone();
        async move {
            assert_eq!(conn.lines().next().await.unwrap().unwrap(), "tunnel");
            conn.send_line("yes").await.unwrap();
            hand_over.send(conn.detach()).unwrap();
        }
    })
    .await;
    // The second word comes with the first, and is read ahead.
    client.write_all(b"tunnel\nearly ").await.unwrap();
    let mut stream = handed.recv().await.unwrap();
    until_idle().await;
    assert_eq!((server.stats().active, server.connections().len()), (0, 0));
    let report = server.stop().await;
    assert_eq!((report.detached, report.drained, report.killed), (1, 0, 0));
    drop(server);

    client.write_all(b"late").await.unwrap();
    client.shutdown().await.unwrap();
    let mut heard = String::new();
    stream.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "early late");
    assert_eq!(stream.peer_addr().port(), Some(5000));
    stream.write_all(b"goodbye\n").await.unwrap();
    drop(stream);
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "yes\ngoodbye\n");
}

#[tokio::test(start_paused = true)]
async fn replies_that_were_gathered_are_sent_by_the_new_owner() {
    let (server, mut client) = {
        let (server, stagehand) = server([]);
        let server = server
            .start(async |mut conn: Connection| {
                // More than the client's end holds: the rest waits.
                conn.send_line("0123456789").await.unwrap();
                let mut stream = conn.detach();
                stream.write_all(b"!").await.unwrap();
                stream.shutdown().await.unwrap();
            })
            .await
            .unwrap();
        (server, stagehand.connect(4))
    };
    let mut heard = String::new();
    client.read_to_string(&mut heard).await.unwrap();
    assert_eq!(heard, "0123456789\n!");
    assert_eq!(server.stop().await.detached, 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_detached_while_the_server_drains_is_not_among_the_drained() {
    let (server, _client) = one_client(async |conn: Connection| {
        conn.stopping().await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(conn.detach());
    })
    .await;
    until_idle().await;
    let report = server.stop().await;
    assert_eq!((report.detached, report.drained, report.killed), (1, 0, 0));
    assert!(report.slowest.is_empty());
}

#[tokio::test(start_paused = true)]
async fn detaching_comes_too_late_when_the_handler_has_ended() {
    let (hand_over, mut handed) = mpsc::unbounded_channel();
    let (_server, _client) = one_client(move |conn: Connection| {
        let hand_over = hand_over.clone();
        async move { hand_over.send(conn).unwrap() }
    })
    .await;
    let conn = handed.recv().await.unwrap();
    until_idle().await;
    // Too late: it is closed already, and says so.
    let error = conn.detach().read(&mut [0]).await.unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::NotConnected);
}
