//! Servers that stop while sockets are open.

use std::time::Duration;

use greenroom_core::Queue;
use greenroom_http::{WebSocket, WebSocketError, WebSocketUpgrade};
use greenroom_testkit::until_idle;

use crate::websocket::peer::{Peer, TEXT, close, echo, open, serve};

#[tokio::test(start_paused = true)]
async fn a_stop_tells_every_client_by_1001_and_the_report_is_clean() {
    let (server, connector) = serve(WebSocketUpgrade::new(), echo).await;
    let mut peers = Vec::new();
    for _ in 0..10 {
        peers.push(Peer::open(&connector).await);
    }
    let stop = server.stop();
    for peer in &mut peers {
        assert_eq!(peer.hear_close().await, (1001, "the server is stopping".into()));
        peer.write(&close(1001)).await;
    }
    let report = stop.await;
    assert_eq!((report.drained, report.killed, report.cut_off), (10, 0, 0));
    assert!(report.is_clean() && report.took < Duration::from_secs(1), "{report}");
    for peer in peers {
        peer.hear_the_end().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_answer_holds_the_stop_up_for_the_deadline_only() {
    let upgrade = WebSocketUpgrade::new().close_deadline(Duration::from_secs(2));
    let (server, mut peer) = open(upgrade, echo).await;
    until_idle().await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed), (1, 0));
    assert!(report.took >= Duration::from_secs(2) && report.took < Duration::from_secs(3), "{report}");
    assert_eq!(peer.hear_close().await.0, 1001);
}

#[tokio::test(start_paused = true)]
async fn what_was_pushed_before_the_stop_comes_before_the_close() {
    let senders = Queue::unbounded();
    let give = senders.clone();
    let (server, mut peer) = open(WebSocketUpgrade::new(), move |socket: WebSocket| {
        let give = give.clone();
        async move {
            give.put(socket.sender()).await.unwrap();
            echo(socket).await
        }
    })
    .await;
    let sender = senders.get().await.unwrap();
    until_idle().await;
    sender.push("last words").unwrap();
    let stop = server.stop();
    assert_eq!(peer.hear().await, (TEXT, b"last words".to_vec()));
    assert_eq!(peer.hear_close().await.0, 1001);
    peer.write(&close(1001)).await;
    assert!(stop.await.is_clean());
    assert!(sender.is_closed() && sender.push("too late").is_err());
}

#[tokio::test(start_paused = true)]
async fn a_handler_may_take_its_time_when_the_client_has_been_told() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |mut socket: WebSocket| {
        while socket.next().await?.is_some() {}
        tokio::time::sleep(Duration::from_secs(10)).await;
        assert!(matches!(socket.send("x").await, Err(WebSocketError::Closed)));
        Ok::<_, WebSocketError>(())
    })
    .await;
    until_idle().await;
    let stop = server.stop();
    assert_eq!(peer.hear_close().await.0, 1001);
    peer.write(&close(1001)).await;
    let report = stop.await;
    assert!(report.is_clean() && report.took >= Duration::from_secs(10), "{report}");
    assert_eq!(server.stats().panicked, 0);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_stuck_sending_is_given_up_when_the_server_stops() {
    let (server, peer) =
        open(WebSocketUpgrade::new(), async |mut socket: WebSocket| socket.send(vec![0; 1024 * 1024]).await)
            .await;
    until_idle().await;
    let report = server.stop().await;
    assert_eq!((report.drained, report.killed, report.cut_off), (1, 0, 0));
    assert!(report.took < Duration::from_secs(15), "{report}");
    drop(peer);
}

#[tokio::test(start_paused = true)]
async fn one_that_ignores_the_stop_is_killed_and_its_client_told() {
    let (server, mut peer) = open(WebSocketUpgrade::new(), async |socket: WebSocket| {
        std::future::pending::<()>().await;
        drop(socket);
    })
    .await;
    until_idle().await;
    let report = server.stop_within(Duration::from_secs(1)).await;
    assert_eq!((report.drained, report.killed, report.cut_off), (0, 1, 0));
    assert_eq!(peer.hear_close().await, (1001, "the server is stopping".into()));
    peer.hear_the_end().await;
}
